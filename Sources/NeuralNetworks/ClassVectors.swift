import Torch

/// Rules for the class vectors of a trained linear head, `[classes, features]`.
public enum ClassVectors {
  /// Their Euclidean lengths, `[classes]`.
  public static func lengths(_ weight: Tensor) throws -> Tensor { try weight.euclideanNorm(alongAxes: [1]) }

  /// `w / |w|^power`: with 0 they stay, with 1 all have length 1. A vector of zeros stays. Use the result without biases.
  /// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4 (tau-normalisation).
  public static func rescaled(_ weight: Tensor, power: Double) throws -> Tensor {
    let lengths = try weight.euclideanNorm(alongAxes: [1], keepingAxes: true)
    return try weight / lengths.power(power).selected(where: lengths.isGreater(than: 0), else: 1)
  }
}
