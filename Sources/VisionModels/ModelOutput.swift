import Torch

/// What a model says of a batch, by name.
public struct ModelOutput {
  /// One score per class, `[batch, classes]`. Of several experts, the mean of theirs.
  public var logits: Tensor
  /// What the head sees, `[batch, features]`.
  public var features: Tensor?
  /// The scores of each expert, each `[batch, classes]`; empty for a single network.
  public var expertLogits: [Tensor]

  /// Makes an output.
  public init(logits: Tensor, features: Tensor? = nil, expertLogits: [Tensor] = []) {
    self.logits = logits
    self.features = features
    self.expertLogits = expertLogits
  }
}
