import DataLoading
import Torch
import VisionModels

/// The sum of several objectives.
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

extension Objective {
  /// The sum of two objectives.
  public static func + (left: Self, right: some Objective) -> SumObjective { SumObjective([left, right]) }
}
