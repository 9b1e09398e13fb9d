import DataLoading
import Datasets
import Torch
import Transforms

/// Images that are read from files while the run needs them: for sets that do not fit into memory, and for crops that need more of a
/// image than the network sees.
public struct StreamedImages: TrainingImages, @unchecked Sendable {
  /// Where they come from.
  public let source: any ImageSource
  /// The width and height of each image as the network gets it, in pixels.
  public let side: Int
  /// The length that shorter edges are resized to before the middle is cut out, in pixels.
  public let shorterEdge: Int
  /// Where squares are cut out when nothing is random.
  public let place: CropPosition
  /// Where batches are wanted.
  public let device: Device
  /// Threads that read and decode; nil for one a core.
  public let workers: Int?
  /// Told when a batch is waited for long.
  public let notice: (@Sendable (String) -> Void)?
  /// The class of each image, int64 `[count]`, on the device.
  public let labels: Tensor
  /// The labels on the processor.
  public let hostLabels: [Int32]

  /// The number of images.
  public var count: Int { hostLabels.count }

  /// Reads nothing yet.
  public init(
    _ source: any ImageSource, preprocessing: Preprocessing, on device: Device, workers: Int? = nil,
    place: CropPosition = .middle, notice: (@Sendable (String) -> Void)? = nil
  ) throws {
    self.source = source
    side = preprocessing.inputSize
    shorterEdge = preprocessing.shorterEdge
    self.device = device
    self.place = place
    self.notice = notice
    self.workers = workers
    hostLabels = source.labels.map(Int32.init)
    labels = try Tensor(source.labels, on: device)
  }

  /// A feed that reads ahead.
  public func feed(_ plan: BatchPlan, keepsPlace: Bool) throws -> any BatchFeed {
    StreamedFeed(self, plan, keepsPlace: keepsPlace)
  }

  /// Reads all images in order, ahead of what is asked for.
  public func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws {
    let loader = try ImageLoader(
      source, settings(.fixed(place, shorterEdge: shorterEdge), side: side, seed: 0, stream: 0),
      plan: PlannedBatch.batches(of: 0..<count, size: size))
    defer { loader.cancel() }
    var start = 0
    while let batch = try loader.next() {
      try body(batch.images, start)
      start += batch.hostIndices.count
    }
  }

  /// How a loader makes these images.
  func settings(_ crop: CropRule, side: Int, seed: UInt64, stream: Int) -> LoaderSettings {
    var told: (@Sendable (LoaderStall) -> Void)?
    if let tell = notice { told = { tell($0.description) } }
    return LoaderSettings(
      side: side, crop: crop, seed: seed, stream: stream, workers: workers, device: device, notice: told)
  }
}

/// Takes batches from loaders that read ahead along the plan, one a view.
private final class StreamedFeed: BatchFeed {
  private let images: StreamedImages
  private let plan: BatchPlan
  private let keepsPlace: Bool
  private var views: [StreamedView] = []
  private(set) var waited = Duration.zero
  var isResident: Bool { false }

  init(_ images: StreamedImages, _ plan: BatchPlan, keepsPlace: Bool) {
    self.images = images
    self.plan = plan
    self.keepsPlace = keepsPlace
  }

  func images(
    at indices: Tensor, view: Int, augmentation: Augmentation
  ) throws -> (images: Tensor, chosen: Tensor?, left: Augmentation) {
    guard views.indices.contains(view), let loaded = views[view].loaded else { throw LoaderError.cancelled }
    return (loaded, nil, StreamedView.split(augmentation, of: images).left)
  }

  func load(step: Int, views wanted: [Augmentation]) throws {
    while views.count < wanted.count {
      views.append(StreamedView(images, plan, number: views.count, keepsPlace: keepsPlace))
    }
    let asked = ContinuousClock.now
    // All loaders plan and read on before the first one is waited for.
    for (view, augmentation) in zip(views, wanted) { try view.plan(step: step, augmentation) }
    for (view, _) in zip(views, wanted) { try view.take(step: step) }
    waited += asked.duration(to: .now)
  }
}

/// One view of each image of a stream, cut out by a loader of its own.
private final class StreamedView {
  private let images: StreamedImages
  private let plan: BatchPlan
  private let number: Int
  private var loader: ImageLoader?
  private var cut: Cut?
  private var nextStep = 0
  private var plannedEpochs = 0
  private let keepsPlace: Bool
  /// Where the images of every step are brought to, if they must keep their place.
  private var place: Tensor?
  private(set) var loaded: Tensor?

  /// Which part of an image is taken, and the side that it is given.
  struct Cut: Equatable {
    var rule: CropRule
    var side: Int
  }

  init(_ images: StreamedImages, _ plan: BatchPlan, number: Int, keepsPlace: Bool) {
    self.images = images
    self.plan = plan
    self.number = number
    self.keepsPlace = keepsPlace
  }

  /// Has the loader read a step's images and those after it.
  func plan(step: Int, _ augmentation: Augmentation) throws {
    let wanted = Self.split(augmentation, of: images).cut
    if loader == nil || step != nextStep || wanted != cut { try restart(at: step, wanted) }
    // The next epoch is planned as soon as this one is read, so that the threads never pause.
    while plannedEpochs <= step / plan.stepsPerEpoch + 1 {
      try loader?.append(plan.batches(ofEpoch: plannedEpochs, from: step))
      plannedEpochs += 1
    }
  }

  /// Waits for a step's images.
  func take(step: Int) throws {
    guard let batch = try loader?.next(), batch.step == UInt64(step) else { throw LoaderError.cancelled }
    nextStep = step + 1
    guard let place else { return loaded = batch.images }
    let part = try place.narrowed(axis: 0, start: 0, count: batch.hostIndices.count)
    try part.copy(from: batch.images)
    loaded = part
  }

  private func restart(at step: Int, _ cut: Cut) throws {
    loader?.cancel()
    if keepsPlace, place?.shape[1] != cut.side {
      place = try Tensor.zeros([plan.largestBatchSize, cut.side, cut.side, 3], dtype: .uint8, on: images.device)
    }
    // Streams are numbered below 2^16, loaders' draws below 2^24.
    let settings = images.settings(cut.rule, side: cut.side, seed: plan.seed, stream: number << 16 | plan.stream)
    loader = try ImageLoader(images.source, settings)
    self.cut = cut
    plannedEpochs = step / plan.stepsPerEpoch
  }

  /// What the loader does while it decodes, and what is left for the device.
  static func split(_ augmentation: Augmentation, of images: StreamedImages) -> (cut: Cut, left: Augmentation) {
    guard augmentation.resizedCropArea > 0 else {
      return (Cut(rule: .center(shorterEdge: images.shorterEdge), side: images.side), augmentation)
    }
    var left = augmentation
    (left.resizedCropArea, left.resizedCropSize, left.flipProbability) = (0, 0, 0)
    let crop = RandomCrop(area: augmentation.resizedCropArea...1, flipProbability: augmentation.flipProbability)
    let side = augmentation.resizedCropSize > 0 ? augmentation.resizedCropSize : images.side
    return (Cut(rule: .random(crop), side: side), left)
  }
}
