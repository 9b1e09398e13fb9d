import DataLoading
import LongtailTestSupport
import Objectives
import Torch
import VisionModels

/// Logits of several experts of a golden case, in float64, as a model's output.
struct ExpertCase {
  /// `[experts, batch, classes]`; a leaf that requires a gradient.
  let leaf: Tensor
  /// The same, one tensor an expert.
  let experts: [Tensor]
  /// `[batch]`
  let labels: Tensor

  /// Reads `expert_logits` and the labels, whose name differs between books.
  init(_ inputs: GoldenInputs, labels field: String) throws {
    let scores = try inputs.leaf("expert_logits")
    leaf = scores
    experts = try (0..<scores.shape[0]).map { try scores.selected(axis: 0, index: $0) }
    labels = try inputs.labelTensor(field)
  }

  /// The output of a model of these experts.
  func output(routerLogits: [Tensor] = []) throws -> ModelOutput {
    ModelOutput(logits: try ExpertLogits.mean(of: experts), expertLogits: experts, routerLogits: routerLogits)
  }

  /// The terms of an objective.
  func terms(
    of objective: any Objective, teachers: [ModelOutput] = [], routerLogits: [Tensor] = [], epoch: Int = 0
  ) throws -> [LossTerm] {
    let batch = try Batch(
      images: Tensor.zeros([labels.elementCount, 3, 1, 1]), labels: labels, indices: labels.zerosLike())
    let context = StepContext(step: try Tensor.zeros([], dtype: .int64) + epoch, teachers: teachers)
    return try objective.terms(output(routerLogits: routerLogits), batch, at: context)
  }

  /// The loss and its gradient.
  func outputs(of terms: [LossTerm]) throws -> [String: GoldenOutput] {
    let loss = try terms.total()
    return try ["loss": GoldenOutput(loss)].merging(gradientOutputs(of: loss, ["expert_logits": leaf])) { $1 }
  }
}

extension [LossTerm] {
  /// The means of the terms whose names begin so, without their weights.
  func means(_ prefix: String) throws -> [Double] {
    try filter { $0.name.hasPrefix(prefix) }.map { try $0.mean().item() }
  }
}
