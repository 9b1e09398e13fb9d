import Datasets
import Torch

/// Post-hoc correction of the logits of a network trained with cross-entropy: `log((N - n[c]) / n[c])` is added, which
/// is larger for rare classes.
///
/// - Source: Adaptive Parametric Activation, ECCV 2024, published code (`rel`); Inverse Image Frequency for Long-tailed
///   Image Recognition, 2023.
public enum RelativeFrequencyCorrection {
  /// The offset of each class's logit.
  /// - Throws: `ObjectiveError.setting` for a class without images or with all of them, whose offset is not finite.
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

  /// The offset of the logit of a class with `count` of `total` images; finite for `0 < count < total`.
  public static func offset(count: Int, of total: Int) -> Double { logarithm(Double(total - count) / Double(count)) }

  /// The corrected logits, `[batch, classes]`.
  public static func corrected(_ logits: Tensor, counts: [Int]) throws -> Tensor {
    try lossPrecision(logits) + ClassConstant(offsets(counts: counts)).tensor(like: logits)
  }
}
