import DataLoading
import Torch
import VisionModels

/// A loss of calibrated scores, plus the same of plain scores times a weight, which keeps the plain path meaningful.
///
/// The output's first expert is the calibrated path and the second the plain one, as in `CalibratedClassifier`.
/// - Source: after Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021; the form is this project's definition.
public struct CalibratedObjective: Objective {
  private let parts: SumObjective

  /// Makes an objective.
  /// - Parameters:
  ///   - base: the loss of either path; cross-entropy if there is none.
  ///   - plainWeight: the weight of the plain path's loss beside 1 for the calibrated one's.
  ///   - averages: whether both are divided by the sum of their weights, so that a learning rate means what it means for one loss.
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

  /// The terms of both paths.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.terms(output, batch, at: step)
  }

  /// Refuses what the loss refuses.
  public func validate(labels: [Int32]) throws { try parts.validate(labels: labels) }

  /// Whether the loss does.
  public var acceptsMixedLabels: Bool { parts.acceptsMixedLabels }
}
