import Torch
import Transforms

/// A stage's stream of images while it runs: the order of the current epoch on the device, the position in it, and what loads its images.
///
/// The images of a step depend on the step alone, so that a run can be resumed at any step.
final class ImageStream {
  let name: String
  let plan: BatchPlan
  private let furtherViews: [Augmentation]
  private let images: any TrainingImages
  private let device: Device
  private let usesFixedStorage: Bool
  private let order: Tensor
  private let cursor: Tensor
  private var loadedEpoch = -1
  private var nextStep = -1
  /// One loader per view of images that are read from files.
  private var loaders: [ViewLoader] = []
  /// How long training has waited for images so far.
  private(set) var waited = Duration.zero

  /// Makes a stream at its beginning.
  ///
  /// - Parameters:
  ///   - stream: its description in the stage.
  ///   - plan: which images each step sees.
  ///   - images: the training images.
  ///   - device: where batches are wanted.
  ///   - usesFixedStorage: whether loaded images must have the same address at each step, as captured graphs need.
  init(
    _ stream: DataStream, plan: BatchPlan, images: any TrainingImages, device: Device, usesFixedStorage: Bool
  ) throws {
    name = stream.name
    self.plan = plan
    furtherViews = stream.furtherViews
    self.images = images
    self.device = device
    self.usesFixedStorage = usesFixedStorage
    order = try Tensor.zeros([plan.sampler.epochLength], dtype: .int64, on: device)
    cursor = try Tensor.zeros([], dtype: .int64, on: device)
  }

  /// The number of a stream among those of all stages.
  static func number(stage: Int, stream: Int) -> Int { stage << 8 | stream }

  // MARK: The host's share of a step

  /// Steps from one on that see whole batches of the same epoch and need nothing of the host; at least 1.
  func wholeBatches(from step: Int) -> Int {
    images.isResident ? plan.wholeBatches(fromPosition: step % plan.stepsPerEpoch) : 1
  }

  /// Prepares some steps of the same batch size: writes the order of a new epoch to the device, and waits for images from files.
  /// - Returns: the batch size.
  func prepare(step: Int, steps: Int = 1, augmentation: Augmentation) throws -> Int {
    let epoch = step / plan.stepsPerEpoch
    let position = step % plan.stepsPerEpoch
    if epoch != loadedEpoch {
      try order.copy(from: Tensor(plan.order(ofEpoch: epoch).map(Int.init)))
      loadedEpoch = epoch
      nextStep = -1
    }
    if nextStep != step { try cursor.fill(Double(position * plan.batchSize)) }
    nextStep = step + steps
    if !images.isResident { try load(step: step, views: [augmentation] + furtherViews) }
    return plan.imageCount(atPosition: position)
  }

  private func load(step: Int, views: [Augmentation]) throws {
    if loaders.isEmpty {
      loaders = views.indices.compactMap {
        images.loader(ofView: $0, plan: plan, usesFixedStorage: usesFixedStorage)
      }
    }
    let start = ContinuousClock.now
    // All loaders plan and read ahead before the first one is waited for.
    for (loader, augmentation) in zip(loaders, views) { try loader.plan(step: step, augmentation) }
    for loader in loaders { try loader.load(step: step) }
    waited += start.duration(to: .now)
  }

  // MARK: The device's share of a step

  /// The next images: their indices, labels and views.
  func next(
    _ count: Int, augmentation: Augmentation
  ) throws -> (indices: Tensor, labels: Tensor, views: [UnaugmentedView]) {
    let indices = try order.entries(at: Tensor.range(0, count, on: device) + cursor)
    try cursor.add(count)
    let views =
      images.isResident
      ? try ([augmentation] + furtherViews).map { try view(at: indices, augmentation: $0) }
      : try loaders.map { try $0.loadedView() }
    return (indices, try images.labels.entries(at: indices), views)
  }

  /// A view of images that lie on the device.
  /// - Parameter indices: indices of training images, int64 `[batch]`, on the device.
  func view(at indices: Tensor, augmentation: Augmentation) throws -> UnaugmentedView {
    guard let pixels = images.residentPixels else {
      throw RecipeError.incomplete(
        stage: name, missing: "images in memory (--images memory): their indices are drawn on the device")
    }
    return UnaugmentedView(images: pixels, chosen: indices, augmentation: augmentation)
  }
}

/// Images of one view of a batch, and the augmentation that is left to be applied to them on the device.
struct UnaugmentedView {
  /// uint8 `[count, height, width, 3]`.
  let images: Tensor
  /// The indices of the batch's images, int64 `[batch]`; nil where the images are the batch.
  let chosen: Tensor?
  /// What is left to be done; a crop that a loader has cut is not in it.
  let augmentation: Augmentation
}
