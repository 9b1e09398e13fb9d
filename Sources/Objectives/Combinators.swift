import DataLoading
import Torch
import VisionModels

/// Several objectives added up.
public struct SumObjective: Objective {
  /// The parts.
  public let parts: [any Objective]

  /// Adds objectives.
  public init(_ parts: [any Objective]) { self.parts = parts }

  /// All terms of all parts.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.flatMap { try $0.terms(output, batch, at: step) }
  }

  /// Refuses what any part refuses.
  public func validate(labels: [Int32]) throws {
    for part in parts { try part.validate(labels: labels) }
  }

  /// Whether all parts do.
  public var acceptsMixedLabels: Bool { parts.allSatisfy(\.acceptsMixedLabels) }
}

/// An objective times a number.
public struct WeightedObjective: Objective {
  /// The objective.
  public let base: any Objective
  /// The factor on every term.
  public let weight: Double

  /// All terms with their weights multiplied.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try base.terms(output, batch, at: step).map {
      var term = $0
      term.weight *= weight
      return term
    }
  }

  /// Refuses what the objective refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// Whether the objective does.
  public var acceptsMixedLabels: Bool { base.acceptsMixedLabels }
}

/// A row objective applied to each expert's own logits, added up.
public struct PerExpertObjective: Objective {
  /// The objective of one expert.
  public let base: any RowObjective

  /// One term per expert, named `<name>/expert-<number>`.
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

extension Objective {
  /// The sum of two objectives.
  public static func + (left: Self, right: some Objective) -> SumObjective { SumObjective([left, right]) }
  /// This objective times a number.
  public func weighted(by weight: Double) -> WeightedObjective { WeightedObjective(base: self, weight: weight) }
}

extension RowObjective {
  /// This objective for each expert, added up.
  public func summedOverExperts() -> PerExpertObjective { PerExpertObjective(base: self) }
}
