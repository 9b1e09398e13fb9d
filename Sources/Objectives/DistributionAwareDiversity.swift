import DataLoading
import Torch
import VisionModels

/// Pushes the distributions of experts apart, more strongly for rare classes, whose temperatures are lower.
///
/// Of each expert `e`, with `p[e] = softmax(z[e] / T)`: `-repulsion factor K[e]`, where `K[e]` is the mean over rows of a divergence and
/// `factor` that of the temperatures. Terms are added up over experts.
/// - Shapes: expert logits `[batch, classes]`.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3, and its published code.
public struct DistributionAwareDiversity: Objective {
  /// What an expert is pushed away from.
  public enum Target: String, Sendable, Codable, CaseIterable {
    /// `KL(softmax(mean(z) / T) || p[e])`, the mean without gradient, as in the published code.
    case detachedMean = "detached_mean"
    /// `1 / (E - 1) sum over j != e of KL(p[e] || p[j])` with all gradients, as in the paper; 0 for one expert.
    case pairwise
  }

  /// How strongly experts are pushed apart; a number below 0 draws them together.
  public let repulsion: Double
  /// One temperature a class.
  public let temperatures: ClassTemperatures
  /// What an expert is pushed away from.
  public let target: Target
  private let inverses: ClassConstant

  /// Makes an objective.
  /// - Parameters:
  ///   - repulsion: 0.45 for CIFAR and 0.2 for larger sets in the published files, which write it as a negative factor.
  ///   - temperatures: uniform until the deferred phase begins, by frequency from then on.
  ///   - target: what an expert is pushed away from.
  /// - Throws: `ObjectiveError.setting` for a repulsion that is not finite.
  public init(
    repulsion: Double = 0.45, temperatures: ClassTemperatures, target: Target = .detachedMean
  ) throws {
    guard repulsion.isFinite else {
      throw ObjectiveError.setting(name: "repulsion", value: "\(repulsion)", expected: "a finite number")
    }
    self.repulsion = repulsion
    self.temperatures = temperatures
    self.target = target
    inverses = ClassConstant(temperatures.values.map { 1 / $0 })
  }

  /// One term an expert, `diversity/expert-<number>`: the divergence, with a weight below 0 where experts are pushed apart.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let rows = try divergences(ExpertLogits.stacked(output, for: "diversity"))
    let sums = try rows.sum(alongAxes: [1])
    return try (0..<rows.shape[0]).map { expert in
      LossTerm(
        "diversity/expert-\(expert)", sum: try sums.selected(axis: 0, index: expert),
        denominator: .count(rows.shape[1]), weight: -repulsion * temperatures.divergenceFactor)
    }
  }

  /// Yes: no labels are needed.
  public var acceptsMixedLabels: Bool { true }

  /// The divergence of each expert and row, without weight and factor.
  /// - Shapes: `[experts, batch, classes]` to `[experts, batch]`.
  public func divergences(_ scores: Tensor) throws -> Tensor {
    let softened = try lossPrecision(scores) * inverses.beside(scores)
    let logs = try ExpertLogits.logProbabilities(softened)
    switch target {
    case .detachedMean:
      let mean = try withoutGradients { try ExpertLogits.logProbabilities(softened.detached().mean(alongAxes: [0])) }
      return try (mean.exp() * (mean - logs)).sum(alongAxes: [2])
    case .pairwise:
      // The pair of an expert with itself adds nothing, so that all pairs can be summed.
      let experts = Double(logs.shape[0])
      let differences = try logs * experts - logs.sum(alongAxes: [0], keepingAxes: true)
      return try (logs.exp() * differences).sum(alongAxes: [2]) * (1 / max(1, experts - 1))
    }
  }
}
