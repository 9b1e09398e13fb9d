import DataLoading
import Torch
import Transforms

/// The images of a run with their labels, wherever they lie.
public protocol TrainingImages: Sendable {
  /// The number of images.
  var count: Int { get }
  /// The width and height of each image as the network gets it, in pixels.
  var side: Int { get }
  /// The class of each image, int64 `[count]`, on the device of the run.
  var labels: Tensor { get }
  /// The labels on the processor.
  var hostLabels: [Int32] { get }
  /// Whether all images lie on the device, so that it can take any of them at any time.
  var isResident: Bool { get }

  /// What hands out the batches of a stream, in the order of its plan.
  ///
  /// - Parameters:
  ///   - plan: which images each step sees.
  ///   - keepsPlace: whether the images of all steps must lie at the same place, so that recorded steps find them.
  func feed(_ plan: BatchPlan, keepsPlace: Bool) throws -> any BatchFeed

  /// Calls `body` with all images in order, uint8 `[batch, side, side, 3]` on the device, and the place of the first.
  func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws
}

/// The batches of one stream of a stage.
public protocol BatchFeed: AnyObject {
  /// How long batches have been waited for so far.
  var waited: Duration { get }
  /// Whether handing out a batch is work of the device alone, so that `load` does nothing.
  var isResident: Bool { get }

  /// The host's share of a step: brings its images to the device.
  ///
  /// - Parameters:
  ///   - step: the step of the stage; mostly one more than the last.
  ///   - views: the changes that are wanted, one a view of each image.
  func load(step: Int, views: [Augmentation]) throws

  /// The device's share: the images that were loaded last, uint8 `[batch, height, width, 3]`, and what remains to be done to them.
  ///
  /// - Parameters:
  ///   - indices: the images' indices on the device, as the plan has them.
  ///   - view: the number of the view, among those that were loaded.
  ///   - augmentation: the changes that are wanted.
  /// - Returns: the images, which of them make the batch (nil for all in order), and the changes that have not been made to them yet.
  func images(
    at indices: Tensor, view: Int, augmentation: Augmentation
  ) throws -> (images: Tensor, chosen: Tensor?, left: Augmentation)
}

extension TrainingImages {
  /// No.
  public var isResident: Bool { false }
}

extension DeviceImages: TrainingImages {
  /// Yes.
  public var isResident: Bool { true }
  /// A feed from memory.
  public func feed(_ plan: BatchPlan, keepsPlace: Bool) throws -> any BatchFeed { ResidentFeed(images: self) }

  /// Views of the block, in order.
  public func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws {
    for start in stride(from: 0, to: count, by: size) {
      try body(pixels.narrowed(axis: 0, start: start, count: min(size, count - start)), start)
    }
  }
}

/// Hands out all images, which lie on the device; whoever changes them gathers them.
private final class ResidentFeed: BatchFeed {
  private let images: DeviceImages
  var waited: Duration { .zero }
  var isResident: Bool { true }

  init(images: DeviceImages) { self.images = images }

  func load(step: Int, views: [Augmentation]) {}

  func images(
    at indices: Tensor, view: Int, augmentation: Augmentation
  ) throws -> (images: Tensor, chosen: Tensor?, left: Augmentation) {
    (images.pixels, indices, augmentation)
  }
}
