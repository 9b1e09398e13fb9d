import Torch
import Transforms

/// Images with their labels, as a model and a loss get them.
public struct Batch {
  /// Normalised images, `[batch, 3, height, width]`, float32.
  public var images: Tensor
  /// Class indices, `[batch]`, int64.
  public var labels: Tensor
  /// The index of each image in the data set, `[batch]`, int64.
  public var indices: Tensor
  /// The labels of a mixed batch (Mixup, CutMix); nil without mixing.
  public var mixed: MixedLabels?

  /// Makes a batch.
  public init(images: Tensor, labels: Tensor, indices: Tensor, mixed: MixedLabels? = nil) {
    self.images = images
    self.labels = labels
    self.indices = indices
    self.mixed = mixed
  }

  /// The label with the larger weight, `[batch]`, int64.
  public var mainLabels: Tensor {
    get throws {
      guard let mixed else { return labels }
      return try labels.selected(where: mixed.ownShares.isAtLeast(0.5), else: mixed.others)
    }
  }
}
