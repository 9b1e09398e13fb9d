import LongtailTestSupport
import Objectives
import Torch

/// Logits and labels of a golden case, in float64, with the gradient that a loss leaves in the logits.
struct ObjectiveCase {
  /// `[batch, classes]`; a leaf that requires a gradient.
  let logits: Tensor
  /// `[batch]`
  let labels: Tensor
  /// The labels on the host, for validation.
  let hostLabels: [Int32]
  /// The number of classes.
  let classes: Int

  /// Reads the inputs `logits` and the labels, whose name differs between books.
  init(_ inputs: GoldenInputs, labels field: String) throws {
    let matrix = try inputs.matrix("logits")
    hostLabels = try inputs.labels(field)
    classes = matrix.columns
    logits = try Tensor(matrix.values, shape: [matrix.rows, matrix.columns]).requiringGradient()
    labels = try Tensor(hostLabels.map(Int.init))
  }

  /// The gradient of the sum of a loss with respect to the logits.
  func gradient(of loss: Tensor) throws -> GoldenOutput {
    guard let gradient = try gradients(of: [loss.sum()], withRespectTo: [logits])[0] else { return .null }
    return try .matrix(gradient.doubles(), columns: classes)
  }

  /// The mean loss of an objective that has a value for these labels, and its gradient.
  func outputs(of objective: some RowObjective) throws -> [String: GoldenOutput] {
    try objective.validate(labels: hostLabels)
    let loss = try objective.loss(logits: logits, labels: labels)
    return ["loss": .number(try loss.item()), "grad_logits": try gradient(of: loss)]
  }

  /// Class weights as an output; null without weights.
  static func weights(of objective: some RowObjective) -> GoldenOutput {
    objective.averaging.weights.map { .numbers($0.values) } ?? .null
  }
}
