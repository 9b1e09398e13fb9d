import DataLoading
import Torch
import VisionModels

/// Hard labels for one head and a teacher's soft labels for the other, on shared features:
/// `hardWeight CE + softWeight T^2 KL`.
///
/// The output's first expert is the head with hard labels and the second the one with soft labels, as in
/// `SelfDistillationClassifier`; the teacher is the stage's first one, the re-balanced network of the previous stage.
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.3; the published
///   weights are 1 and 1.
public struct JointSelfDistillation: Objective {
  private let parts: SumObjective

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a temperature or a weight outside its range.
  public init(
    _ base: (any RowObjective)? = nil, temperature: Double = 2, hardWeight: Double = 1, softWeight: Double = 1
  ) throws {
    for (name, weight) in [("hard weight", hardWeight), ("soft weight", softWeight)] {
      guard weight >= 0, weight.isFinite else {
        throw ObjectiveError.setting(name: name, value: "\(weight)", expected: "a finite number of at least 0")
      }
    }
    let hard = try ExpertObjective(base ?? CrossEntropyLoss(), expert: 0)
    let soft = try SoftLabelDistillation(temperature: temperature, expert: 1)
    parts = SumObjective([
      WeightedObjective(base: hard, weight: hardWeight), WeightedObjective(base: soft, weight: softWeight),
    ])
  }

  /// The terms of both heads.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.terms(output, batch, at: step)
  }

  /// Refuses what the loss of hard labels refuses.
  public func validate(labels: [Int32]) throws { try parts.validate(labels: labels) }

  /// Whether the loss of hard labels does.
  public var acceptsMixedLabels: Bool { parts.acceptsMixedLabels }
}
