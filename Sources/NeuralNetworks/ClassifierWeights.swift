import Torch

/// Rules for the weights of a trained linear classifier, `[classes, features]`.
public enum ClassifierWeights {
  /// The Euclidean norm of each class's weights, `[classes]`.
  public static func norms(_ weight: Tensor) throws -> Tensor { try weight.euclideanNorm(alongAxes: [1]) }

  /// Tau-normalisation, `w / |w|^tau`: 0 changes nothing, 1 gives all classes norm 1. Weights of norm 0 stay 0. The result
  /// is used without biases.
  /// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.
  public static func normalized(_ weight: Tensor, tau: Double) throws -> Tensor {
    let norms = try (weight * weight).sum(alongAxes: [1], keepingAxes: true).squareRoot()
    return try weight / norms.power(tau).selected(where: norms.isGreater(than: 0), else: 1)
  }
}
