import Torch

/// The labels of the second images of a mixed batch, and the weight of the first labels.
public struct MixedLabels {
  /// The class of the other image, int64 `[batch]`.
  public var others: Tensor
  /// The share of the image's own label, float32 `[batch]`, within 0...1.
  public var ownShares: Tensor

  /// Makes mixed labels.
  public init(others: Tensor, ownShares: Tensor) {
    self.others = others
    self.ownShares = ownShares
  }
}
