import DataLoading
import LongtailTestSupport
import Objectives
import Testing
import Torch
import VisionModels

/// Random logits of several experts, with labels and class counts.
struct ExpertSample {
  var experts: Int
  var rows: Int
  var classes: Int
  /// By expert, row and class.
  var logits: [Double]
  var labels: [Int]
  var counts: [Int]

  /// Draws a sample: 3 to 5 classes, counts from 1 to 500.
  init(experts: Int? = nil, rows: Int? = nil, using generator: inout SeededGenerator) {
    self.experts = experts ?? Int.random(in: 2...4, using: &generator)
    self.rows = rows ?? Int.random(in: 1...4, using: &generator)
    classes = Int.random(in: 3...5, using: &generator)
    logits = generator.numbers(self.experts * self.rows * classes, in: -3...3)
    labels = generator.integers(self.rows, in: 0...classes - 1)
    counts = generator.integers(classes, in: 1...500)
  }

  var shape: [Int] { [experts, rows, classes] }

  /// The logits as a leaf, `[experts, rows, classes]`, float64.
  func leaf() throws -> Tensor { try Tensor(logits, shape: shape).requiringGradient() }

  /// A model's output whose experts are the parts of a tensor.
  func output(_ leaf: Tensor, router: [Tensor] = []) throws -> ModelOutput {
    let parts = try (0..<leaf.shape[0]).map { try leaf.selected(axis: 0, index: $0) }
    return ModelOutput(logits: try ExpertLogits.mean(of: parts), expertLogits: parts, routerLogits: router)
  }

  func batch(labels other: [Int]? = nil) throws -> Batch {
    let labels = other ?? labels
    return try Batch(
      images: Tensor.zeros([rows, 3, 1, 1]), labels: Tensor(labels), indices: Tensor.range(0, labels.count))
  }

  /// The loss of an objective.
  func loss(_ objective: any Objective, at step: StepContext? = nil) throws -> Double {
    try objective.terms(output(leaf()), batch(), at: step ?? startOfTraining()).total().item()
  }

  /// The gradient of the loss, by expert, row and class; 0 without gradient.
  func gradient(_ objective: any Objective, at step: StepContext? = nil) throws -> [Double] {
    let leaf = try leaf()
    let total = try objective.terms(output(leaf), batch(), at: step ?? startOfTraining()).total()
    return try gradients(of: [total], withRespectTo: [leaf], allowUnused: true)[0]?.doubles()
      ?? Array(repeating: 0, count: logits.count)
  }

  /// Checks the gradient of the whole loss against differences of the loss.
  func expectSlopes(_ name: String, _ objective: any Objective, at step: StepContext? = nil) throws {
    let (batch, step) = (try batch(), try step ?? startOfTraining())
    try expectGradients(name, of: [(logits, shape)]) { try objective.terms(output($0[0]), batch, at: step).total() }
  }

  /// The logits of a row.
  func row(_ expert: Int, _ row: Int) -> [Double] {
    let start = (expert * rows + row) * classes
    return Array(logits[start..<start + classes])
  }

  /// The sample with expert 0's logits for all experts.
  var identical: ExpertSample {
    var copy = self
    copy.logits = (0..<experts).flatMap { _ in logits.prefix(rows * classes) }
    return copy
  }
}

/// The probabilities of a row on the host.
func softmax(_ logits: [Double]) -> [Double] {
  let largest = logits.max() ?? 0
  let powers = logits.map { exponential($0 - largest) }
  return powers.map { $0 / powers.reduce(0, +) }
}
