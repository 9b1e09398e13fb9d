import DataLoading
import Torch
import VisionModels

/// The sum over experts of a row objective of each expert's logits.
public struct PerExpertObjective: Objective {
  /// The objective of each expert.
  public let base: any RowObjective

  /// One term per expert, named `<name>/expert-<index>`.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    guard !output.expertLogits.isEmpty else { throw ObjectiveError.noExperts(objective: base.name) }
    return try output.expertLogits.enumerated().map { index, logits in
      var term = try base.term(logits: logits, labels: batch.labels, mixed: batch.mixed)
      term.name += "/expert-\(index)"
      return term
    }
  }

  /// Refuses what the objective refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// Whether the objective does.
  public var acceptsMixedLabels: Bool { base.acceptsMixedLabels }
}

extension RowObjective {
  /// The sum over experts of this objective.
  public func summedOverExperts() -> PerExpertObjective { PerExpertObjective(base: self) }
}
