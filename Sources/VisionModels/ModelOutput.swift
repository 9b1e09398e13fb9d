import Torch

/// What a model says of a batch, by name.
public struct ModelOutput {
  /// One score per class, `[batch, classes]`. Of several experts, the mean of theirs.
  public var logits: Tensor
  /// What the head sees, `[batch, features]`; of several experts, what the first one's sees.
  public var features: Tensor?
  /// The scores of each expert, each `[batch, classes]`; empty for a single network. A transformer with a distillation token has two: by the
  /// class token, and by the distillation token.
  public var expertLogits: [Tensor]
  /// What each expert's head sees, each `[batch, features]`, in the order of `expertLogits`.
  public var expertFeatures: [Tensor]
  /// Whether an image needs a further expert, by the gate after each expert but the last, each `[batch]`: the logit of its probability.
  /// Empty for a model without gates.
  public var routerLogits: [Tensor]

  /// Makes an output.
  public init(
    logits: Tensor, features: Tensor? = nil, expertLogits: [Tensor] = [], expertFeatures: [Tensor] = [],
    routerLogits: [Tensor] = []
  ) {
    self.logits = logits
    self.features = features
    self.expertLogits = expertLogits
    self.expertFeatures = expertFeatures
    self.routerLogits = routerLogits
  }
}
