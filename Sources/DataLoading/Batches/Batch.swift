import Torch
import Transforms

/// Images with their labels, as a model and an objective see them.
public struct Batch {
  /// Normalised images, `[batch, 3, height, width]`, float32.
  public var images: Tensor
  /// Class indices, `[batch]`, int64.
  public var labels: Tensor
  /// Where in the data set each image comes from, `[batch]`, int64.
  public var indices: Tensor
  /// The labels of what was mixed into each image; nil where nothing was.
  public var mixed: MixedLabels?

  /// Makes a batch.
  public init(images: Tensor, labels: Tensor, indices: Tensor, mixed: MixedLabels? = nil) {
    self.images = images
    self.labels = labels
    self.indices = indices
    self.mixed = mixed
  }

  /// The label that each image shows more of, `[batch]`, int64.
  public var mainLabels: Tensor {
    get throws {
      guard let mixed else { return labels }
      return try labels.selected(where: mixed.ownShares.isAtLeast(0.5), else: mixed.others)
    }
  }
}
