import DataLoading
import Torch
import VisionModels

/// Distils each expert's prediction for the weak view of an image into its prediction for the strong view:
/// `weight ramp T^2 mean over confident images of KL(softmax(a[weak] / T) || softmax(a[strong] / T))`, summed over
/// experts.
///
/// `a` are the logits with the expert's prior shift, as in its classification loss. The weak view and images that are
/// not confident get no gradient. A batch without a confident image adds 0. The logged value includes the ramp.
/// - Shapes: the output's rows are weak views, then strong views in the same order; `[2 batch, classes]`. The batch has
///   one label per image or one per row.
/// - Source: MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, ICCV 2023, and
///   its published code.
public struct ConsistencySelfDistillation: Objective {
  /// Which images are confident, and so contribute to the loss; decided for each expert separately.
  public enum Confidence: String, Sendable, Codable, CaseIterable {
    /// Those whose weak view is classified correctly by the logits with prior shift, as in the published code.
    case adjusted
    /// Those whose weak view is classified correctly by the logits without prior shift.
    case raw
    /// All.
    case none
  }

  /// The classification loss of each expert, whose prior shift is used here too.
  public let experts: [PriorShiftedSoftmax]
  /// The weight after the ramp.
  public let weight: Double
  /// The warm-up of the weight.
  public let ramp: EpochRamp
  /// The temperature `T`.
  public let temperature: Double
  /// Which images contribute.
  public let confidence: Confidence

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a weight or a temperature outside its range.
  public init(
    _ experts: [PriorShiftedSoftmax], weight: Double = 0.6, ramp: EpochRamp, temperature: Double = 1,
    confidence: Confidence = .adjusted
  ) throws {
    guard weight >= 0, weight.isFinite else {
      throw ObjectiveError.setting(
        name: "consistency weight", value: "\(weight)", expected: "a finite number of at least 0")
    }
    guard temperature > 0, temperature.isFinite else {
      throw ObjectiveError.setting(name: "temperature", value: "\(temperature)", expected: "a finite number above 0")
    }
    self.experts = experts
    self.weight = weight
    self.ramp = ramp
    self.temperature = temperature
    self.confidence = confidence
  }

  /// One term per expert, `consistency/expert-<index>`.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let expertLogits = try output.expertLogits(count: experts.count, for: "consistency")
    return try zip(experts, expertLogits).enumerated().map { index, pair in
      let (expert, logits) = pair
      let views = try PairedViews(rows: logits.shape[0], labels: batch.labels, objective: "consistency")
      let mask = try isConfident(expert, logits, views)
      let rows = try divergences(expert, logits, views)
      let factor = try ramp.factor(at: step, dtype: rows.dtype)
      return LossTerm(
        "consistency/expert-\(index)", sum: try (rows * mask).sum() * factor,
        denominator: .value(try mask.sum().clamped(from: 1, to: nil)), weight: weight)
    }
  }

  /// Whether each image is confident for an expert: 0 or 1 in the precision of losses, `[batch]`; without gradient.
  ///
  /// - Parameters:
  ///   - logits: an expert's logits of weak and strong views, without prior shift, `[2 batch, classes]`.
  ///   - labels: one per image or one per row.
  ///   - expert: which expert, from 0.
  public func isConfident(_ logits: Tensor, labels: Tensor, expert: Int) throws -> Tensor {
    try isConfident(
      experts[expert], logits, PairedViews(rows: logits.shape[0], labels: labels, objective: "consistency"))
  }

  private func isConfident(_ expert: PriorShiftedSoftmax, _ logits: Tensor, _ views: PairedViews) throws -> Tensor {
    try withoutGradients {
      let weak = try lossPrecision(views.weak(logits.detached()))
      switch confidence {
      case .adjusted: return try expert.adjusted(weak).indexOfMax(alongAxis: 1).equals(views.labels).to(weak.dtype)
      case .raw: return try weak.indexOfMax(alongAxis: 1).equals(views.labels).to(weak.dtype)
      case .none: return try weak.selected(axis: 1, index: 0).onesLike()
      }
    }
  }

  /// `T^2 KL(weak || strong)` of each image.
  private func divergences(_ expert: PriorShiftedSoftmax, _ logits: Tensor, _ views: PairedViews) throws -> Tensor {
    func logProbabilities(_ logits: Tensor) throws -> Tensor {
      try ExpertLogits.logProbabilities(expert.adjusted(logits) * (1 / temperature))
    }
    let weak = try withoutGradients { try logProbabilities(views.weak(logits.detached())) }
    let strong = try logProbabilities(views.strong(logits))
    return try (weak.exp() * (weak - strong)).sum(alongAxes: [1]) * (temperature * temperature)
  }
}

extension ModelOutput {
  /// The logits of exactly `count` experts.
  /// - Throws: `ObjectiveError.expertCount` for another number of experts.
  func expertLogits(count: Int, for objective: String) throws -> [Tensor] {
    guard expertLogits.count == count else {
      throw ObjectiveError.expertCount(objective: objective, expected: count, actual: expertLogits.count)
    }
    return expertLogits
  }
}
