import Torch

/// The second labels of a batch of mixed images, and how much of each image is its first.
public struct MixedLabels {
  /// The class of the other image, int64 `[batch]`.
  public var others: Tensor
  /// The share of the image's own label, float32 `[batch]`, within 0...1.
  public var ownShares: Tensor

  /// Makes labels.
  public init(others: Tensor, ownShares: Tensor) {
    self.others = others
    self.ownShares = ownShares
  }
}
