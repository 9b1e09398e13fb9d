import Objectives

/// How a model's scores become predictions. It travels with every checkpoint, so that whatever measures or predicts later does the same.
public enum InferenceRule: String, Sendable, Codable, CaseIterable {
  /// As they are.
  case scores
  /// With `log((N - n[c]) / n[c])` of the training counts added, which raises rare classes.
  ///
  /// Source: Adaptive Parametric Activation, ECCV 2024, published code (`rel`).
  case relativeFrequency
  /// The mean of as many experts as a model's gates ask for; all of them for a model without gates.
  ///
  /// Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3.
  case routed

  /// What is added to the score of each class; nil for nothing.
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
