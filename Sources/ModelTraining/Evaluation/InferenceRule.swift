import Objectives

/// How a model's logits become predictions. Checkpoints hold it, so that whatever evaluates or predicts later does the same.
public enum InferenceRule: String, Sendable, Codable, CaseIterable {
  /// By the logits as they are.
  case logits
  /// By the logits with `log((N - n[c]) / n[c])` of the training counts added, which raises rare classes.
  ///
  /// Source: Adaptive Parametric Activation, ECCV 2024, published code (`rel`).
  case relativeFrequency
  /// By the mean logits of as many experts as the model's router chooses; of all experts for a model without a router.
  ///
  /// Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3.
  case routed

  /// What is added to the logit of each class; nil for nothing.
  ///
  /// Classes without training images, or with all of them, have no finite correction and get none.
  public func offsets(classCounts counts: [Int]) -> [Double]? {
    guard self == .relativeFrequency else { return nil }
    let total = counts.reduce(0, +)
    return counts.map { count in
      guard count > 0, count < total else { return 0 }
      return RelativeFrequencyCorrection.offset(count: count, of: total)
    }
  }
}
