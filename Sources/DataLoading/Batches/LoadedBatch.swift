import Torch

/// A decoded batch, ready for augmentation on the device.
public struct LoadedBatch {
  /// The step that the batch was planned for.
  public let step: UInt64
  /// uint8 `[batch, side, side, 3]`, on the loader's device.
  public let images: Tensor
  /// The index of each image in the source.
  public let indices: [Int]
}
