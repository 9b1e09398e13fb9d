import DataLoading
import Torch
import VisionModels

/// Cross-entropy plus feature distillation: `(1 - alpha) CE + alpha beta (1 - cosine)`.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021, equation 4.
public struct ClassBalancedDistillationLoss: Objective {
  /// The weight of the distillation loss, within 0...1; with 1 the classifier is not trained.
  public let alpha: Double
  /// A further factor of the distillation loss, which brings it to the size of the cross-entropy.
  public let beta: Double
  private let parts: SumObjective

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a setting outside its range.
  public init(_ base: (any RowObjective)? = nil, alpha: Double = 0.4, beta: Double = 100) throws {
    guard (0...1).contains(alpha) else {
      throw ObjectiveError.setting(name: "alpha", value: "\(alpha)", expected: "within 0...1")
    }
    guard beta >= 0, beta.isFinite else {
      throw ObjectiveError.setting(name: "beta", value: "\(beta)", expected: "a finite number of at least 0")
    }
    self.alpha = alpha
    self.beta = beta
    let labels: any Objective = try base ?? CrossEntropyLoss()
    parts = SumObjective([
      WeightedObjective(base: labels, weight: 1 - alpha),
      WeightedObjective(base: FeatureDistillation(), weight: alpha * beta),
    ])
  }

  /// The terms of cross-entropy, then of distillation.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.terms(output, batch, at: step)
  }

  /// Refuses what the classification loss refuses.
  public func validate(labels: [Int32]) throws { try parts.validate(labels: labels) }

  /// Whether the classification loss does.
  public var acceptsMixedLabels: Bool { parts.acceptsMixedLabels }
}
