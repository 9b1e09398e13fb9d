import Datasets
import Torch

/// Logit adjustment: training with `tau log pi` added to the logits, or predicting with it subtracted from those of a plainly
/// trained network.
///
/// - Source: Long-tail learning via logit adjustment, ICLR 2021, equations 9 and 10. The prior counts each class at least `countFloor` times.
public enum PriorAdjustment {
  /// The loss for training; use plain logits at test time.
  public static func training(counts: [Int], tau: Double = 1, countFloor: Double = 1) throws -> BalancedSoftmaxLoss {
    try BalancedSoftmaxLoss(counts: counts, tau: tau, countFloor: countFloor, name: "logit-adjustment")
  }

  /// The logarithm of each class's share of the training images.
  public static func logPrior(counts: [Int], countFloor: Double = 1) throws -> [Double] {
    try ClassDistribution(counts: counts).logPrior(countFloor: countFloor)
  }

  /// Logits of a plainly trained network, corrected for equally likely classes: `z - tau log pi`.
  /// - Shapes: `[batch, classes]` to the same.
  public static func posthoc(_ logits: Tensor, counts: [Int], tau: Double = 1, countFloor: Double = 1) throws -> Tensor
  {
    let prior = try ClassConstant(logPrior(counts: counts, countFloor: countFloor)).beside(logits)
    return try lossPrecision(logits) - prior * tau
  }
}
