import DataLoading
import Torch
import Transforms

/// The images of a run with their labels: all of them on the device (`DeviceImages`), or in their files (`StreamedImages`).
public protocol TrainingImages: Sendable {
  /// The number of images.
  var count: Int { get }
  /// The width and height of each image as the network gets it, in pixels.
  var side: Int { get }
  /// The class of each image, int64 `[count]`, on the device of the run.
  var labels: Tensor { get }
  /// The labels on the processor.
  var hostLabels: [Int32] { get }
  /// All images on the device, uint8 `[count, side, side, 3]`; nil where they are read from files.
  var residentPixels: Tensor? { get }

  /// What loads one view of a stream's images; nil where all images lie on the device.
  ///
  /// - Parameters:
  ///   - view: the number of the view; each view is cropped by itself.
  ///   - plan: which images each step sees.
  ///   - usesFixedStorage: whether the images of all steps must have the same address, so that captured steps find them.
  func loader(ofView view: Int, plan: BatchPlan, usesFixedStorage: Bool) -> ViewLoader?

  /// Calls `body` with all images in order, uint8 `[batch, side, side, 3]` on the device, and the index of the first.
  func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws
}

extension TrainingImages {
  /// Whether all images lie on the device, so that a step can take any of them without the host.
  public var isResident: Bool { residentPixels != nil }
}

extension DeviceImages: TrainingImages {
  /// All images.
  public var residentPixels: Tensor? { pixels }

  /// None is needed.
  public func loader(ofView view: Int, plan: BatchPlan, usesFixedStorage: Bool) -> ViewLoader? { nil }

  /// Slices of the images, in order.
  public func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws {
    for start in stride(from: 0, to: count, by: size) {
      try body(pixels.narrowed(axis: 0, start: start, count: min(size, count - start)), start)
    }
  }
}
