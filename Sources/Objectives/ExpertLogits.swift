import Torch
import VisionModels

/// The scores of several experts taken together.
public enum ExpertLogits {
  /// The mean over experts.
  /// - Shapes: each `[batch, classes]` to the same, in the precision of losses.
  /// - Throws: `ObjectiveError.noExperts` without scores.
  public static func mean(of scores: [Tensor]) throws -> Tensor {
    guard let first = scores.first else { throw ObjectiveError.noExperts(objective: "a mean over experts") }
    let sum = try scores.dropFirst().reduce(lossPrecision(first)) { try $0 + lossPrecision($1) }
    return scores.count == 1 ? sum : try sum * (1 / Double(scores.count))
  }

  /// All experts' scores in the precision of losses, `[experts, batch, classes]`.
  static func stacked(_ output: ModelOutput, for objective: String) throws -> Tensor {
    guard !output.expertLogits.isEmpty else { throw ObjectiveError.noExperts(objective: objective) }
    return try Tensor.stack(output.expertLogits.map(lossPrecision))
  }

  /// Logarithms of the probabilities along the last axis, finite also where a score is minus infinity: a probability of 0 times such a
  /// logarithm is 0, and so is what its slope gives.
  static func logProbabilities(_ scores: Tensor) throws -> Tensor {
    try scores.logSoftmax(alongAxis: -1).clamped(from: -1e30, to: nil)
  }
}
