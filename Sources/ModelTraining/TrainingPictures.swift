import Torch
import VisionData

/// The pictures of a run with their labels, wherever they lie.
public protocol TrainingPictures: Sendable {
  /// The number of pictures.
  var count: Int { get }
  /// The width and height of each picture as the network gets it, in pixels.
  var side: Int { get }
  /// The class of each picture, int64 `[count]`, on the device of the run.
  var labels: Tensor { get }
  /// The labels on the processor.
  var hostLabels: [Int32] { get }
  /// Whether all pictures lie on the device, so that it can take any of them at any time.
  var isResident: Bool { get }

  /// What hands out the batches of a stream, in the order of its plan.
  ///
  /// - Parameters:
  ///   - plan: which pictures each step sees.
  ///   - keepsPlace: whether the pictures of all steps must lie at the same place, so that recorded steps find them.
  func feed(_ plan: BatchPlan, keepsPlace: Bool) throws -> any PictureFeed

  /// Calls `body` with all pictures in order, uint8 `[batch, side, side, 3]` on the device, and the place of the first.
  func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws
}

/// The batches of one stream of a stage.
public protocol PictureFeed: AnyObject {
  /// How long batches have been waited for so far.
  var waited: Duration { get }
  /// Whether handing out a batch is work of the device alone, so that `load` does nothing.
  var isResident: Bool { get }

  /// The host's share of a step: brings its pictures to the device.
  ///
  /// - Parameters:
  ///   - step: the step of the stage; mostly one more than the last.
  ///   - views: the changes that are wanted, one a view of each picture.
  func load(step: Int, views: [Augmentation]) throws

  /// The device's share: the pictures that were loaded last, uint8 `[batch, height, width, 3]`, and what remains to be done to them.
  ///
  /// - Parameters:
  ///   - indices: the pictures' indices on the device, as the plan has them.
  ///   - view: the number of the view, among those that were loaded.
  ///   - augmentation: the changes that are wanted.
  /// - Returns: the pictures, which of them make the batch (nil for all in order), and the changes that have not been made to them yet.
  func pictures(
    at indices: Tensor, view: Int, augmentation: Augmentation
  ) throws -> (pictures: Tensor, chosen: Tensor?, left: Augmentation)
}

extension TrainingPictures {
  /// No.
  public var isResident: Bool { false }
}

extension DeviceImages: TrainingPictures {
  /// Yes.
  public var isResident: Bool { true }
  /// A feed from memory.
  public func feed(_ plan: BatchPlan, keepsPlace: Bool) throws -> any PictureFeed { ResidentFeed(images: self) }

  /// Views of the block, in order.
  public func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws {
    for start in stride(from: 0, to: count, by: size) {
      try body(pixels.narrowed(axis: 0, start: start, count: min(size, count - start)), start)
    }
  }
}

/// Hands out all pictures, which lie on the device; whoever changes them gathers them.
private final class ResidentFeed: PictureFeed {
  private let images: DeviceImages
  var waited: Duration { .zero }
  var isResident: Bool { true }

  init(images: DeviceImages) { self.images = images }

  func load(step: Int, views: [Augmentation]) {}

  func pictures(
    at indices: Tensor, view: Int, augmentation: Augmentation
  ) throws -> (pictures: Tensor, chosen: Tensor?, left: Augmentation) {
    (images.pixels, indices, augmentation)
  }
}
