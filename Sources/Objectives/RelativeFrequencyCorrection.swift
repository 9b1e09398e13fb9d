import Datasets
import Torch

/// Corrects the logits of a plainly trained network at test time by `log((N - n[c]) / n[c])`, which raises rare classes.
///
/// - Source: Adaptive Parametric Activation, ECCV 2024, published code (`rel`); Inverse Image Frequency for Long-tailed Image Recognition, 2023.
public enum RelativeFrequencyCorrection {
  /// What is added to each class's logit.
  /// - Throws: `ObjectiveError.setting` for a class with no images or with all of them, which have no finite correction.
  public static func offsets(counts: [Int]) throws -> [Double] {
    let total = try ClassDistribution(counts: counts).total
    return try counts.enumerated().map { label, count in
      guard count > 0, count < total else {
        throw ObjectiveError.setting(
          name: "count of class \(label)", value: "\(count)",
          expected: "at least 1 and below the \(total) images of all classes")
      }
      return offset(count: count, of: total)
    }
  }

  /// What is added to the logit of a class with some of all images; finite if it has neither none nor all of them.
  public static func offset(count: Int, of total: Int) -> Double { logarithm(Double(total - count) / Double(count)) }

  /// The corrected logits, `[batch, classes]`.
  public static func corrected(_ logits: Tensor, counts: [Int]) throws -> Tensor {
    try lossPrecision(logits) + ClassConstant(offsets(counts: counts)).beside(logits)
  }
}
