import DataLoading
import Torch
import VisionModels

/// The loss of the calibrated branch's logits, plus a weight times the loss of the uncalibrated branch's logits.
///
/// The second term keeps the uncalibrated branch trained. The output's first expert is the calibrated branch and the
/// second the uncalibrated one, as in `CalibratedClassifier`.
/// - Source: after Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021; the form is this
///   project's definition.
public struct CalibratedObjective: Objective {
  private let parts: SumObjective

  /// Makes an objective.
  /// - Parameters:
  ///   - base: the loss of each branch; cross-entropy if nil.
  ///   - plainWeight: the weight of the uncalibrated branch; the calibrated one has weight 1.
  ///   - averages: whether the weights are divided by their sum, so that learning rates tuned for one loss still fit.
  /// - Throws: `ObjectiveError.setting` for a weight below 0.
  public init(_ base: (any RowObjective)? = nil, plainWeight: Double = 1, averages: Bool = false) throws {
    guard plainWeight >= 0, plainWeight.isFinite else {
      throw ObjectiveError.setting(
        name: "plain weight", value: "\(plainWeight)", expected: "a finite number of at least 0")
    }
    let base = try base ?? CrossEntropyLoss()
    let calibrated = ExpertObjective(base, expert: 0, name: base.name + "/calibrated")
    let plain = ExpertObjective(base, expert: 1, name: base.name + "/plain")
    let share = averages ? 1 / (1 + plainWeight) : 1
    parts = SumObjective([
      WeightedObjective(base: calibrated, weight: share), WeightedObjective(base: plain, weight: plainWeight * share),
    ])
  }

  /// One term per branch.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.terms(output, batch, at: step)
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try parts.validate(labels: labels) }

  /// Whether the base does.
  public var acceptsMixedLabels: Bool { parts.acceptsMixedLabels }
}
