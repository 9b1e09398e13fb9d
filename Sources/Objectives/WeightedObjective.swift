import DataLoading
import Torch
import VisionModels

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

extension Objective {
  /// This objective times a number.
  public func weighted(by weight: Double) -> WeightedObjective { WeightedObjective(base: self, weight: weight) }
}
