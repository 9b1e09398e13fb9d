import Torch

/// The classification loss of a detector with Gumbel activation, whose probabilities are `exp(-exp(-x))`: a positive
/// costs `exp(-x)`, a negative `-log(1 - exp(-exp(-x)))`. No method of the library uses it.
///
/// Logits are clamped first and get no gradient outside the limits.
/// - Source: Long-Tailed Instance Segmentation Using Gumbel Optimized Loss, ECCV 2022; Adaptive Parametric Activation,
///   ECCV 2024.
struct GumbelCrossEntropy {
  /// The range to which logits are clamped.
  let limits: ClosedRange<Double>

  /// The probabilities, in the shape of the logits.
  func probabilities(_ logits: Tensor) throws -> Tensor { try (-exponentials(logits)).exp() }

  /// The loss of each element, for targets within 0...1 in the shape of the logits.
  func elements(_ logits: Tensor, targets: Tensor) throws -> Tensor {
    let positive = try exponentials(logits)
    let negative = try -(-((-positive).expMinusOne())).log()
    return try targets * positive + (1.0 - targets) * negative
  }

  private func exponentials(_ logits: Tensor) throws -> Tensor {
    try (-logits.clamped(from: limits.lowerBound, to: limits.upperBound)).exp()
  }
}
