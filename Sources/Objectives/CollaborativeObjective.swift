import DataLoading
import Torch
import VisionModels

/// A row objective of the mean of all experts' logits, times the number of experts: the experts are trained as one
/// classifier.
///
/// The alternative is `PerExpertObjective`, which trains each expert on its own logits.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3,
///   "collaborative loss".
public struct CollaborativeObjective: Objective {
  /// The objective applied to the mean logits.
  public let base: any RowObjective

  /// Makes an objective.
  public init(_ base: any RowObjective) { self.base = base }

  /// One term, whose weight is the number of experts.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    guard !output.expertLogits.isEmpty else { throw ObjectiveError.noExperts(objective: base.name) }
    let mean = try ExpertLogits.mean(of: output.expertLogits)
    var term = try base.term(logits: mean, labels: batch.labels, mixed: batch.mixed)
    term.name += "/mean"
    term.weight *= Double(output.expertLogits.count)
    return [term]
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// Whether the base does.
  public var acceptsMixedLabels: Bool { base.acceptsMixedLabels }
}

extension RowObjective {
  /// This objective of the mean of all experts' logits, times the number of experts.
  public func onMeanOfExperts() -> CollaborativeObjective { CollaborativeObjective(self) }
}
