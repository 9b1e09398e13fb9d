import DataLoading
import Torch
import VisionModels

/// The diversity loss of RIDE: the negative KL divergence between the experts' predicted distributions.
///
/// For each expert `e`, with `p[e] = softmax(z[e] / T)`: `-repulsion factor K[e]`, where `K[e]` is the mean over rows
/// of a divergence and `factor` is `ClassTemperatures.divergenceFactor`; summed over experts. Rare classes have lower
/// temperatures, so experts differ more on them.
/// - Shapes: expert logits `[batch, classes]`.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3, and its
///   published code.
public struct DistributionAwareDiversity: Objective {
  /// The distribution from which an expert's divergence is measured.
  public enum Target: String, Sendable, Codable, CaseIterable {
    /// `KL(softmax(mean(z) / T) || p[e])`, the mean without gradient, as in the published code.
    case detachedMean = "detached_mean"
    /// `1 / (E - 1) sum over j != e of KL(p[e] || p[j])` with all gradients, as in the paper; 0 for one expert.
    case pairwise
  }

  /// The weight of diversity; below 0 the loss makes experts similar instead.
  public let repulsion: Double
  /// One temperature per class.
  public let temperatures: ClassTemperatures
  /// The distribution from which an expert's divergence is measured.
  public let target: Target
  private let inverseTemperatures: ClassConstant

  /// Makes an objective.
  /// - Parameters:
  ///   - repulsion: 0.45 for CIFAR and 0.2 for larger data sets in the published configurations, where it is a negative
  ///     factor.
  ///   - temperatures: uniform before the deferred phase, by class frequency in it.
  ///   - target: the distribution from which an expert's divergence is measured.
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
    inverseTemperatures = ClassConstant(temperatures.values.map { 1 / $0 })
  }

  /// One term per expert, `diversity/expert-<index>`: the divergence, with a negative weight if `repulsion` is
  /// positive.
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
  /// - Shapes: logits `[experts, batch, classes]` to `[experts, batch]`.
  public func divergences(_ logits: Tensor) throws -> Tensor {
    let scaled = try lossPrecision(logits) * inverseTemperatures.tensor(like: logits)
    let experts = try ExpertLogits.logProbabilities(scaled)
    switch target {
    case .detachedMean:
      let mean = try withoutGradients { try ExpertLogits.logProbabilities(scaled.detached().mean(alongAxes: [0])) }
      return try (mean.exp() * (mean - experts)).sum(alongAxes: [2])
    case .pairwise:
      // An expert's divergence from itself is 0, so all pairs can be summed.
      let count = Double(experts.shape[0])
      let differences = try experts * count - experts.sum(alongAxes: [0], keepingAxes: true)
      return try (experts.exp() * differences).sum(alongAxes: [2]) * (1 / max(1, count - 1))
    }
  }
}
