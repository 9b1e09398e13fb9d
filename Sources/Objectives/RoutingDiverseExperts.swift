import DataLoading
import Torch
import VisionModels

/// The loss of RIDE's experts: `sum over experts of (baseWeight base(z[e]) - repulsion factor K[e])`.
///
/// The base is any row objective, such as LDAM, cross-entropy, focal loss or Balanced Softmax. For the deferred phase
/// use a second value, with class weights and temperatures by class frequency.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3.
public struct RoutingDiverseExperts: Objective {
  /// The logits to which the base is applied.
  public enum BaseLogits: String, Sendable, Codable, CaseIterable {
    /// Those of each expert.
    case individual
    /// The mean over experts, times the number of experts. The published code uses it when there is no diversity term.
    case collaborative
  }

  private let parts: SumObjective

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a base weight that is not finite or below 0.
  public init(
    _ base: any RowObjective, on logits: BaseLogits = .individual, baseWeight: Double = 1,
    diversity: DistributionAwareDiversity? = nil
  ) throws {
    guard baseWeight >= 0, baseWeight.isFinite else {
      throw ObjectiveError.setting(
        name: "base weight", value: "\(baseWeight)", expected: "a finite number of at least 0")
    }
    let experts: any Objective = logits == .individual ? base.summedOverExperts() : base.onMeanOfExperts()
    parts = SumObjective([WeightedObjective(base: experts, weight: baseWeight)] + (diversity.map { [$0] } ?? []))
  }

  /// The terms of the base, then those of diversity.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    try parts.terms(output, batch, at: step)
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try parts.validate(labels: labels) }

  /// Whether the base does.
  public var acceptsMixedLabels: Bool { parts.acceptsMixedLabels }
}
