import Torch

/// What a model computes for a batch, by name.
public struct ModelOutput {
  /// One logit per class, `[batch, classes]`. Of several experts, the mean of theirs.
  public var logits: Tensor
  /// The input of the head, `[batch, features]`; of several experts, that of the first one's head.
  public var features: Tensor?
  /// The logits of each expert, each `[batch, classes]`; empty for a single network. A transformer with a distillation
  /// token has two: those of the class token, and those of the distillation token.
  public var expertLogits: [Tensor]
  /// The input of each expert's head, each `[batch, features]`, in the order of `expertLogits`.
  public var expertFeatures: [Tensor]
  /// The router's logit that an image needs a further expert, after each expert but the last, each `[batch]`. Empty for
  /// a model without a router.
  public var routerLogits: [Tensor]
  /// The router logit above which a further expert is used.
  public var routerThreshold: Double

  /// Makes an output.
  public init(
    logits: Tensor, features: Tensor? = nil, expertLogits: [Tensor] = [], expertFeatures: [Tensor] = [],
    routerLogits: [Tensor] = [], routerThreshold: Double = 0
  ) {
    self.logits = logits
    self.features = features
    self.expertLogits = expertLogits
    self.expertFeatures = expertFeatures
    self.routerLogits = routerLogits
    self.routerThreshold = routerThreshold
  }

  /// The mean logits of as many experts as the router chooses for each image, and their number; nil for a model without
  /// routers.
  public func routed() throws -> RoutedOutput? {
    guard !routerLogits.isEmpty, routerLogits.count == expertLogits.count - 1 else { return nil }
    return try ExpertRouter.route(
      expertLogits: expertLogits, routerLogits: routerLogits, threshold: routerThreshold)
  }
}
