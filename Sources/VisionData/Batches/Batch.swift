import Torch

/// Pictures with their labels, as a model and an objective see them.
public struct Batch {
  /// Normalised pictures, `[batch, 3, height, width]`, float32.
  public var images: Tensor
  /// Class indices, `[batch]`, int64.
  public var labels: Tensor
  /// Where in the data set each picture comes from, `[batch]`, int64.
  public var indices: Tensor

  /// Makes a batch.
  public init(images: Tensor, labels: Tensor, indices: Tensor) {
    self.images = images
    self.labels = labels
    self.indices = indices
  }
}
