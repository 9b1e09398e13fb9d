import Torch

/// Images that are ready for the device's part of augmentation.
public struct LoadedBatch {
  /// The step that the batch was planned for.
  public let step: UInt64
  /// uint8 `[batch, side, side, 3]`, on the loader's device.
  public let images: Tensor
  /// Class indices, int64 `[batch]`, on the loader's device.
  public let labels: Tensor
  /// Where in the source each image comes from, int64 `[batch]`, on the loader's device.
  public let indices: Tensor
  /// The images' places in the global batch, int64 `[batch]`, on the loader's device.
  public let places: Tensor
  /// The indices again, in the program's memory.
  public let hostIndices: [Int]
}
