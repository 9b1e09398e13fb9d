import Torch
import VisionData

/// Pictures that are read from files while the run needs them: for sets that do not fit into memory, and for crops that need more of a
/// picture than the network sees.
public struct StreamedPictures: TrainingPictures, @unchecked Sendable {
  /// Where they come from.
  public let source: any ImageSource
  /// The width and height of each picture as the network gets it, in pixels.
  public let side: Int
  /// The length that shorter sides are resized to before the middle is cut out, in pixels.
  public let shortSide: Int
  /// Where squares are cut out when nothing is random.
  public let place: CropPlace
  /// Where batches are wanted.
  public let device: Device
  /// Threads that read and decode; nil for one a core.
  public let workers: Int?
  /// Told when a batch is waited for long.
  public let notice: (@Sendable (String) -> Void)?
  /// The class of each picture, int64 `[count]`, on the device.
  public let labels: Tensor
  /// The labels on the processor.
  public let hostLabels: [Int32]

  /// The number of pictures.
  public var count: Int { hostLabels.count }

  /// Reads nothing yet.
  public init(
    _ source: any ImageSource, preprocessing: Preprocessing, on device: Device, workers: Int? = nil,
    place: CropPlace = .middle, notice: (@Sendable (String) -> Void)? = nil
  ) throws {
    self.source = source
    side = preprocessing.inputSize
    shortSide = preprocessing.shortSide
    self.device = device
    self.place = place
    self.notice = notice
    self.workers = workers
    hostLabels = source.labels.map(Int32.init)
    labels = try Tensor(source.labels, on: device)
  }

  /// A feed that reads ahead.
  public func feed(_ plan: BatchPlan, keepsPlace: Bool) throws -> any PictureFeed {
    StreamedFeed(self, plan, place: keepsPlace ? try place(for: plan.batchSize) : nil)
  }

  private func place(for count: Int) throws -> Tensor {
    try Tensor.zeros([count, side, side, 3], dtype: .uint8, on: device)
  }

  /// Reads all pictures in order, ahead of what is asked for.
  public func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws {
    let loader = try PictureLoader(
      source, settings(.fixed(place, shortSide: shortSide), seed: 0, stream: 0),
      plan: PlannedBatch.batches(of: 0..<count, size: size))
    defer { loader.cancel() }
    var start = 0
    while let batch = try loader.next() {
      try body(batch.images, start)
      start += batch.hostIndices.count
    }
  }

  /// How a loader makes these pictures.
  func settings(_ crop: CropRule, seed: UInt64, stream: Int) -> LoaderSettings {
    var told: (@Sendable (LoaderStall) -> Void)?
    if let tell = notice { told = { tell($0.description) } }
    return LoaderSettings(
      side: side, crop: crop, seed: seed, stream: stream, workers: workers, device: device, notice: told)
  }
}

/// Takes batches from a loader that reads ahead along the plan.
private final class StreamedFeed: PictureFeed {
  private let images: StreamedPictures
  private let plan: BatchPlan
  private var loader: PictureLoader?
  private var crop: CropRule?
  private var nextStep = 0
  private var plannedEpochs = 0
  private(set) var waited = Duration.zero
  /// Where the pictures of every step are brought to, if they must keep their place.
  private let place: Tensor?
  private var loaded: Tensor?
  var isResident: Bool { false }

  init(_ images: StreamedPictures, _ plan: BatchPlan, place: Tensor?) {
    self.images = images
    self.plan = plan
    self.place = place
  }

  func pictures(
    at indices: Tensor, augmentation: Augmentation
  ) throws -> (pictures: Tensor, chosen: Tensor?, left: Augmentation) {
    guard let loaded else { throw LoaderError.cancelled }
    return (loaded, nil, split(augmentation).left)
  }

  func load(step: Int, augmentation: Augmentation) throws {
    let wanted = split(augmentation).crop
    if loader == nil || step != nextStep || wanted != crop { try restart(at: step, wanted) }
    // The next epoch is planned as soon as this one is read, so that the threads never pause.
    while plannedEpochs <= step / plan.stepsPerEpoch + 1 {
      try loader?.append(plan.batches(ofEpoch: plannedEpochs, from: step))
      plannedEpochs += 1
    }
    let asked = ContinuousClock.now
    guard let batch = try loader?.next(), batch.step == UInt64(step) else {
      throw LoaderError.cancelled
    }
    waited += asked.duration(to: .now)
    nextStep = step + 1
    guard let place else { return loaded = batch.images }
    let part = try place.narrowed(axis: 0, start: 0, count: batch.hostIndices.count)
    try part.copy(from: batch.images)
    loaded = part
  }

  private func restart(at step: Int, _ crop: CropRule) throws {
    loader?.cancel()
    loader = try PictureLoader(images.source, images.settings(crop, seed: plan.seed, stream: plan.stream))
    self.crop = crop
    plannedEpochs = step / plan.stepsPerEpoch
  }

  /// What the loader does while it decodes, and what is left for the device.
  private func split(_ augmentation: Augmentation) -> (crop: CropRule, left: Augmentation) {
    guard augmentation.resizedCropArea > 0 else { return (.center(shortSide: images.shortSide), augmentation) }
    var left = augmentation
    left.resizedCropArea = 0
    left.flipProbability = 0
    let crop = RandomCrop(area: augmentation.resizedCropArea...1, flipProbability: augmentation.flipProbability)
    return (.random(crop), left)
  }
}
