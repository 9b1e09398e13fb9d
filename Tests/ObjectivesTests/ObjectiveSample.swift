import DataLoading
import LongtailTestSupport
import Objectives
import Torch
import VisionModels

/// Random logits, labels and class counts.
struct ObjectiveSample {
  var rows: Int
  var classes: Int
  var logits: [Double]
  var labels: [Int]
  var counts: [Int]

  /// Draws a sample: 1 to 5 rows, 2 to 6 classes, counts from 1 to 500.
  init(using generator: inout SeededGenerator, scale: Double = 3) {
    rows = Int.random(in: 1...5, using: &generator)
    classes = Int.random(in: 2...6, using: &generator)
    logits = generator.numbers(rows * classes, in: -scale...scale)
    labels = generator.integers(rows, in: 0...classes - 1)
    counts = generator.integers(classes, in: 1...500)
  }

  /// A sample of given values.
  init(logits: [[Double]], labels: [Int], counts: [Int]) {
    rows = logits.count
    classes = logits.first?.count ?? 0
    self.logits = logits.flatMap(\.self)
    self.labels = labels
    self.counts = counts
  }

  /// The logits as a leaf that requires a gradient, `[rows, classes]`, float64.
  func leaf() throws -> Tensor { try Tensor(logits, shape: [rows, classes]).requiringGradient() }

  /// The labels, `[rows]`.
  func labelTensor() throws -> Tensor { try Tensor(labels) }

  /// The mean loss.
  func loss(_ objective: any RowObjective) throws -> Double {
    try objective.loss(logits: leaf(), labels: labelTensor()).item()
  }

  /// The gradient of the mean loss, row by row.
  func gradient(_ objective: any RowObjective) throws -> [Double] {
    let leaf = try leaf()
    let loss = try objective.loss(logits: leaf, labels: labelTensor())
    return try gradients(of: [loss], withRespectTo: [leaf])[0]?.doubles() ?? []
  }

  /// The sample with other logits.
  func with(logits: [Double]) -> ObjectiveSample {
    var copy = self
    copy.logits = logits
    return copy
  }

  /// The sample with its classes in another order: class `c` becomes `order[c]`.
  func permuted(_ order: [Int]) -> ObjectiveSample {
    var copy = self
    for label in 0..<classes {
      copy.counts[order[label]] = counts[label]
      for row in 0..<rows { copy.logits[row * classes + order[label]] = logits[row * classes + label] }
    }
    copy.labels = labels.map { order[$0] }
    return copy
  }

  /// The output of a model with these logits, with one head or with several experts.
  func output(experts: Int = 0) throws -> ModelOutput {
    let logits = try leaf()
    let parts = try (0..<experts).map { try logits + Double($0) }
    return ModelOutput(logits: logits, expertLogits: parts)
  }

  /// The batch that belongs to the labels.
  func batch() throws -> Batch {
    try Batch(
      images: Tensor.zeros([rows, 3, 1, 1]), labels: labelTensor(), indices: Tensor.range(0, rows))
  }
}

/// The beginning of a stage.
func startOfTraining() throws -> StepContext { try StepContext(step: Tensor.zeros([], dtype: .int64)) }
