import Torch

/// The loss of a detector's classes whose probabilities are `exp(-exp(-x))`: a positive costs `exp(-x)`, a negative
/// `-log(1 - exp(-exp(-x)))`.
///
/// Logits are clamped first; beyond the limits there is no gradient.
/// - Source: Long-Tailed Instance Segmentation Using Gumbel Optimized Loss, ECCV 2022; Adaptive Parametric Activation, ECCV 2024.
public struct GumbelCrossEntropy: Sendable {
  /// Between which values logits are clamped.
  public let limits: ClosedRange<Double>

  /// Makes a loss.
  /// - Throws: `ObjectiveError.setting` for limits beyond -80...80, where single precision ends.
  public init(limits: ClosedRange<Double> = -10...10) throws {
    guard limits.lowerBound >= -80, limits.upperBound <= 80 else {
      throw ObjectiveError.setting(name: "logit limits", value: "\(limits)", expected: "within -80...80")
    }
    self.limits = limits
  }

  /// The probabilities, in the shape of the logits.
  public func probabilities(_ logits: Tensor) throws -> Tensor { try (-exponentials(logits)).exp() }

  /// The loss of each element.
  /// - Shapes: logits and targets of any equal shape; targets within 0...1.
  public func elements(_ logits: Tensor, targets: Tensor) throws -> Tensor {
    let cost = try exponentials(logits)
    let negative = try -(-((-cost).expMinusOne())).log()
    return try targets * cost + (1.0 - targets) * negative
  }

  private func exponentials(_ logits: Tensor) throws -> Tensor {
    try (-lossPrecision(logits).clamped(from: limits.lowerBound, to: limits.upperBound)).exp()
  }
}
