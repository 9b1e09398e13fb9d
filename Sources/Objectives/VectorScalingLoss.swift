import Datasets
import Foundation
import Torch

/// The vector-scaling loss: softmax cross-entropy of the logits `d[c] z[c] + tau log pi[c]`, with `d[c] = (n[c] / max
/// n)^gamma`.
///
/// The factor shrinks the logits of rare classes in training, so that their margins grow; use plain logits at test
/// time.
/// - Shapes: logits `[batch, classes]`, labels `[batch]`.
/// - Source: Label-Imbalanced and Group-Sensitive Classification under Overparameterization, NeurIPS 2021, equation 3.
public struct VectorScalingLoss: SoftmaxObjective {
  /// `vs-loss`
  public let name = "vs-loss"
  /// The plain mean, or weighted by the effective number of images.
  public let averaging: RowAveraging
  /// What each class's logit is multiplied by; 1 for the most frequent class.
  public let factors: ClassConstant
  /// What is then added to it.
  public let offsets: ClassConstant

  /// Makes a loss.
  /// - Parameters:
  ///   - counts: training images per class; a class without images counts as one with one.
  ///   - gamma: the power of the class frequency.
  ///   - tau: the factor on the log prior.
  ///   - reweightingBeta: weights by the effective number of images, or nil for none.
  /// - Throws: `ObjectiveError.setting` for a value that is not finite, or a gamma below 0.
  public init(counts: [Int], gamma: Double, tau: Double, reweightingBeta: Double? = nil) throws {
    guard gamma.isFinite, gamma >= 0 else {
      throw ObjectiveError.setting(name: "gamma", value: "\(gamma)", expected: "a finite number of at least 0")
    }
    guard tau.isFinite else { throw ObjectiveError.setting(name: "tau", value: "\(tau)", expected: "a finite number") }
    let classes = try ClassDistribution(counts: counts)
    let present = counts.map { Double(max($0, 1)) }
    let largest = present.max() ?? 1
    factors = ClassConstant(present.map { pow($0 / largest, gamma) })
    offsets = ClassConstant(try classes.logPrior(countFloor: 1).map { tau * $0 })
    averaging =
      try reweightingBeta.map { .weightedMean(ClassConstant(try classes.effectiveNumberWeights(beta: $0))) } ?? .mean
  }

  /// The logits, multiplied and shifted.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    let scores = try lossPrecision(logits)
    return try scores * factors.tensor(like: scores) + offsets.tensor(like: scores)
  }
}
