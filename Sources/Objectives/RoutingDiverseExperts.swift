import DataLoading
import Torch
import VisionModels

/// What the experts of RIDE minimise: `sum over experts of (baseWeight base(z[e]) - repulsion factor K[e])`.
///
/// The base is any row objective, so that diverse experts can be trained with margins, with plain cross-entropy, with focal loss or with
/// Balanced Softmax. For the deferred phase use a second value with class weights and temperatures by frequency in a later phase.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3.
public struct RoutingDiverseExperts: Objective {
  /// What the base is applied to.
  public enum BaseLogits: String, Sendable, Codable, CaseIterable {
    /// Each expert's own scores.
    case individual
    /// The mean over experts, once an expert. The published code falls back to it when there is no diversity term.
    case collaborative
  }

  private let parts: SumObjective

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a base weight that is not finite or below 0.
  public init(
    _ base: any RowObjective, on scores: BaseLogits = .individual, baseWeight: Double = 1,
    diversity: DistributionAwareDiversity? = nil
  ) throws {
    guard baseWeight >= 0, baseWeight.isFinite else {
      throw ObjectiveError.setting(
        name: "base weight", value: "\(baseWeight)", expected: "a finite number of at least 0")
    }
    let labels: any Objective = scores == .individual ? base.summedOverExperts() : base.onMeanOfExperts()
    parts = SumObjective([WeightedObjective(base: labels, weight: baseWeight)] + (diversity.map { [$0] } ?? []))
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
