import Torch
import VisionModels

/// Operations on the logits of several experts.
public enum ExpertLogits {
  /// The mean over experts.
  /// - Shapes: `[batch, classes]` of each expert to the same, in the precision of losses.
  /// - Throws: `ObjectiveError.noExperts` for an empty list.
  public static func mean(of logits: [Tensor]) throws -> Tensor {
    guard let first = logits.first else { throw ObjectiveError.noExperts(objective: "a mean over experts") }
    let sum = try logits.dropFirst().reduce(lossPrecision(first)) { try $0 + lossPrecision($1) }
    return logits.count == 1 ? sum : try sum * (1 / Double(logits.count))
  }

  /// The logits of all experts in the precision of losses, `[experts, batch, classes]`.
  static func stacked(_ output: ModelOutput, for objective: String) throws -> Tensor {
    guard !output.expertLogits.isEmpty else { throw ObjectiveError.noExperts(objective: objective) }
    return try Tensor.stack(output.expertLogits.map(lossPrecision))
  }

  /// Log-probabilities along the last axis, finite even for a logit of minus infinity: probability 0 times a finite
  /// logarithm is 0, in the value and in the gradient.
  static func logProbabilities(_ logits: Tensor) throws -> Tensor {
    try logits.logSoftmax(alongAxis: -1).clamped(from: -1e30, to: nil)
  }
}
