import DataLoading
import Torch
import VisionModels

/// The loss of MDCS: `sum over experts of CE(z[e] + exponent[e] log(n)) + weight ramp CS[e]`.
///
/// The cross-entropy is the mean over the rows of both views.
/// - Shapes: the output's rows are weak views, then strong views in the same order; `[2 batch, classes]`. The batch has
///   one label per image or one per row.
/// - Source: MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, ICCV 2023, and
///   its published code.
public struct ConsistentExperts: Objective {
  /// The classification loss of each expert.
  public let experts: [PriorShiftedSoftmax]
  /// The self-distillation between views `CS`; nil for none.
  public let consistency: ConsistencySelfDistillation?

  /// Combines classification losses and self-distillation.
  public init(_ experts: [PriorShiftedSoftmax], consistency: ConsistencySelfDistillation?) {
    self.experts = experts
    self.consistency = consistency
  }

  /// The published objective for training images per class.
  ///
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - exponents: the factor of the log prior in each expert's logits.
  ///   - weight: the weight of self-distillation after its ramp; with 0 there is none.
  ///   - rampEpochs: the warm-up of that weight.
  ///   - temperature: the temperature of self-distillation.
  ///   - confidence: which images contribute to self-distillation.
  ///   - logFloor: see `PriorShiftedSoftmax`.
  /// - Throws: `ObjectiveError.setting` for a value outside its range.
  public init(
    counts: [Int], exponents: [Double] = [-0.5, 1, 2.5], weight: Double = 0.6, rampEpochs: Int = 20,
    temperature: Double = 1, confidence: ConsistencySelfDistillation.Confidence = .adjusted, logFloor: Double = 0
  ) throws {
    let experts = try exponents.map { try PriorShiftedSoftmax(counts: counts, exponent: $0, logFloor: logFloor) }
    let consistency = try ConsistencySelfDistillation(
      experts, weight: weight, ramp: EpochRamp(epochs: rampEpochs), temperature: temperature, confidence: confidence)
    self.init(experts, consistency: weight == 0 ? nil : consistency)
  }

  /// One term `prior-shifted-softmax/expert-<index>` per expert, then those of self-distillation.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let expertLogits = try output.expertLogits(count: experts.count, for: "prior-shifted-softmax")
    let classification = try zip(experts, expertLogits).enumerated().map { index, pair in
      let (expert, logits) = pair
      let views = try PairedViews(rows: logits.shape[0], labels: batch.labels, objective: expert.name)
      var term = try expert.term(logits: logits, labels: views.rowLabels)
      term.name += "/expert-\(index)"
      return term
    }
    return classification + (try consistency?.terms(output, batch, at: step) ?? [])
  }
}
