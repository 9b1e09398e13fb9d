import Datasets
import Torch

/// Logit adjustment by `tau log pi` for a class prior `pi`: added to the logits of the loss, or subtracted after
/// training with cross-entropy.
///
/// The prior counts each class at least `countFloor` times.
/// - Source: Long-tail learning via logit adjustment, ICLR 2021, equations 9 and 10.
public enum PriorAdjustment {
  /// The logit-adjusted loss; use the logits without adjustment at test time.
  public static func training(counts: [Int], tau: Double = 1, countFloor: Double = 1) throws -> BalancedSoftmaxLoss {
    try BalancedSoftmaxLoss(counts: counts, tau: tau, countFloor: countFloor, name: "logit-adjustment")
  }

  /// The log prior of each class: the logarithm of its share of the training images.
  public static func logPrior(counts: [Int], countFloor: Double = 1) throws -> [Double] {
    try ClassDistribution(counts: counts).logPrior(countFloor: countFloor)
  }

  /// Post-hoc adjustment of the logits of a network trained with cross-entropy: `z - tau log pi`.
  /// - Shapes: `[batch, classes]` to the same.
  public static func posthoc(_ logits: Tensor, counts: [Int], tau: Double = 1, countFloor: Double = 1) throws -> Tensor
  {
    let prior = try ClassConstant(logPrior(counts: counts, countFloor: countFloor)).tensor(like: logits)
    return try lossPrecision(logits) - prior * tau
  }
}
