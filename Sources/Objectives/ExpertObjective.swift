import DataLoading
import Torch
import VisionModels

/// A row objective of the logits of one expert or head.
public struct ExpertObjective: Objective {
  /// The objective.
  public let base: any RowObjective
  /// The index of the expert in the output's `expertLogits`.
  public let expert: Int
  /// The name of the term.
  public let name: String

  /// Makes an objective.
  public init(_ base: any RowObjective, expert: Int, name: String? = nil) {
    self.base = base
    self.expert = expert
    self.name = name ?? "\(base.name)/expert-\(expert)"
  }

  /// One term.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    guard output.expertLogits.indices.contains(expert) else {
      throw ObjectiveError.expertCount(objective: name, expected: expert + 1, actual: output.expertLogits.count)
    }
    var term = try base.term(logits: output.expertLogits[expert], labels: batch.labels, mixed: batch.mixed)
    term.name = name
    return [term]
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// Whether the base does.
  public var acceptsMixedLabels: Bool { base.acceptsMixedLabels }
}
