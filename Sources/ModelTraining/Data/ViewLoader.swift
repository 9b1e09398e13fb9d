import Torch
import DataLoading
import Transforms

/// Loads one view of each image of a stream from files, ahead of the steps that use it.
///
/// The crop is cut by the loader's threads, which have the whole image; the rest of the augmentation is left to the device. `CropSplit` decides
/// which is which, once per phase.
public final class ViewLoader {
  private let images: StreamedImages
  private let plan: BatchPlan
  private let number: Int
  private let usesFixedStorage: Bool
  private var loader: ImageLoader?
  private var augmentation: Augmentation?
  private var split: CropSplit?
  private var nextStep = 0
  private var plannedEpochs = 0
  /// What the images of each step are copied to, where their address must stay the same.
  private var storage: Tensor?
  private var loaded: Tensor?

  init(_ images: StreamedImages, _ plan: BatchPlan, number: Int, usesFixedStorage: Bool) {
    self.images = images
    self.plan = plan
    self.number = number
    self.usesFixedStorage = usesFixedStorage
  }

  /// Has the threads read a step's images and those after it.
  func plan(step: Int, _ augmentation: Augmentation) throws {
    var wanted = split
    if wanted == nil || augmentation != self.augmentation { wanted = CropSplit(augmentation, of: images) }
    self.augmentation = augmentation
    let isSameCrop = wanted?.crop == split?.crop && wanted?.size == split?.size
    split = wanted
    if let wanted, loader == nil || step != nextStep || !isSameCrop { try restart(at: step, wanted) }
    // The next epoch is planned as soon as this one is read, so that the threads never pause.
    while plannedEpochs <= step / plan.stepsPerEpoch + 1 {
      try loader?.append(plan.batches(ofEpoch: plannedEpochs, from: step))
      plannedEpochs += 1
    }
  }

  /// Waits for a step's images.
  func load(step: Int) throws {
    guard let batch = try loader?.next(), batch.step == UInt64(step) else { throw LoaderError.cancelled }
    nextStep = step + 1
    guard let storage else { return loaded = batch.images }
    let part = try storage.narrowed(axis: 0, start: 0, count: batch.indices.count)
    try part.copy(from: batch.images)
    loaded = part
  }

  /// The images that were loaded last.
  func loadedView() throws -> UnaugmentedView {
    guard let loaded, let split else { throw LoaderError.cancelled }
    return UnaugmentedView(images: loaded, chosen: nil, augmentation: split.remaining)
  }

  private func restart(at step: Int, _ split: CropSplit) throws {
    loader?.cancel()
    if usesFixedStorage, storage?.shape[1] != split.size {
      storage = try Tensor.zeros(
        [plan.largestBatchSize, split.size, split.size, 3], dtype: .uint8, on: images.device)
    }
    // Streams are numbered below 2^16, loaders' draws below 2^24.
    let settings = images.settings(split.crop, size: split.size, seed: plan.seed, stream: number << 16 | plan.stream)
    loader = try ImageLoader(images.source, settings)
    plannedEpochs = step / plan.stepsPerEpoch
  }
}

/// Which part of an augmentation the loader does while it decodes, and which is left to the device.
struct CropSplit {
  /// What the loader cuts out of each image.
  let crop: CropRule
  /// The width and height that it resizes the crop to, in pixels.
  let size: Int
  /// The rest of the augmentation.
  let remaining: Augmentation

  /// A random resized crop needs the whole image, so the loader cuts it, and flips it too; else it cuts the middle.
  init(_ augmentation: Augmentation, of images: StreamedImages) {
    guard let resized = augmentation.resizedCrop else {
      (crop, size, remaining) = (.center(shorterEdge: images.shorterEdge), images.side, augmentation)
      return
    }
    var rest = augmentation
    (rest.resizedCrop, rest.flipProbability) = (nil, 0)
    crop = .random(
      RandomCrop(area: resized.minArea...1, flipProbability: augmentation.flipProbability))
    size = resized.size ?? images.side
    remaining = rest
  }
}
