import Torch
import VisionModels

/// The scores of several experts taken together.
public enum ExpertScores {
  /// The mean over experts.
  /// - Shapes: each `[batch, classes]` to the same, in the precision of losses.
  /// - Throws: `ObjectiveError.noExperts` without scores.
  public static func mean(of scores: [Tensor]) throws -> Tensor {
    guard let first = scores.first else { throw ObjectiveError.noExperts(objective: "a mean over experts") }
    let sum = try scores.dropFirst().reduce(lossPrecision(first)) { try $0 + lossPrecision($1) }
    return scores.count == 1 ? sum : try sum * (1 / Double(scores.count))
  }

  /// The means over the first one, the first two, … and all experts, in this order.
  /// - Shapes: each `[batch, classes]` to the same, in the precision of losses.
  public static func prefixMeans(of scores: [Tensor]) throws -> [Tensor] {
    var sum: Tensor?
    return try scores.enumerated().map { index, score in
      let next = try sum.map { try $0 + lossPrecision(score) } ?? lossPrecision(score)
      sum = next
      return try next * (1 / Double(index + 1))
    }
  }

  /// How many experts each picture uses by its gates: one, and one more for each gate that says so until one does not.
  ///
  /// - Parameters:
  ///   - gateLogits: of each gate in order, `[batch]`; one fewer than experts.
  ///   - threshold: the probability above which a gate asks for the next expert, between 0 and 1.
  /// - Returns: int64 `[batch]`, within `1 ... gates + 1`.
  /// - Throws: `ObjectiveError.setting` for a threshold outside its range.
  public static func expertsUsed(gateLogits: [Tensor], threshold: Double = 0.5) throws -> Tensor {
    guard threshold > 0, threshold < 1 else {
      throw ObjectiveError.setting(name: "gate threshold", value: "\(threshold)", expected: "between 0 and 1")
    }
    guard let first = gateLogits.first else {
      throw ObjectiveError.noGates(objective: "routing", expected: 1, actual: 0)
    }
    let limit = logarithm(threshold / (1 - threshold))
    return try withoutGradients {
      var goesOn = try first.isGreater(than: limit)
      var used = try goesOn.to(.int64) + 1
      for gate in gateLogits.dropFirst() {
        goesOn = try goesOn.and(gate.isGreater(than: limit))
        used = try used + goesOn.to(.int64)
      }
      return used
    }
  }

  /// The mean over the first `used[i]` experts of each picture `i`: what a routed network answers.
  /// - Shapes: scores each `[batch, classes]`, numbers of experts int64 `[batch]`; to `[batch, classes]`.
  public static func mean(of scores: [Tensor], overFirst used: Tensor) throws -> Tensor {
    let means = try Tensor.stack(prefixMeans(of: scores))
    let places = try (used - 1).reshaped([1, -1, 1]).expanded([1, means.shape[1], means.shape[2]])
    return try means.gathered(axis: 0, index: places).squeezed(axis: 0)
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
