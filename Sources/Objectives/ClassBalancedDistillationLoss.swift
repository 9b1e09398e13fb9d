import DataLoading
import Torch
import VisionModels

/// Cross-entropy and feature distillation: `(1 - alpha) CE + alpha beta (1 - cosine)`.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021, equation 4.
public struct ClassBalancedDistillationLoss: Objective {
  /// The share of distillation, within 0...1; with 1 no classifier is learned.
  public let alpha: Double
  /// The factor on distillation.
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

  /// The terms of both parts.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.terms(output, batch, at: step)
  }

  /// Refuses what the loss of the labels refuses.
  public func validate(labels: [Int32]) throws { try parts.validate(labels: labels) }

  /// Whether the loss of the labels does.
  public var acceptsMixedLabels: Bool { parts.acceptsMixedLabels }
}
