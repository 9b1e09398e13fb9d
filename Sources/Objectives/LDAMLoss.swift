import Datasets
import Torch

/// Label-distribution-aware margins: softmax cross-entropy at scale `s` after a margin, larger for rare classes, has
/// been subtracted from the target's logit: `m[c] = maxMargin n[c]^(-1/4) / max_k n[k]^(-1/4)`.
///
/// For deferred re-weighting (DRW) use a second phase with `reweightingBeta`.
/// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019, equations 12 and 13.
public struct LDAMLoss: SoftmaxObjective {
  /// `ldam`
  public let name = "ldam"
  /// The mean over rows, weighted by the effective number of images if `reweightingBeta` is given.
  public let averaging: RowAveraging
  /// One margin per class, as a difference of cosines.
  public let margins: [Double]
  private let scaledMargins: ClassConstant
  private let logitScale: Double

  /// Makes a loss.
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - maxMargin: the margin of the rarest class, as a difference of cosines.
  ///   - scale: the factor of cosines and margins.
  ///   - logitsAreScaled: whether the head has multiplied cosines by `scale` already, as cosine heads do.
  ///   - reweightingBeta: the beta of class weights by the effective number of images, or nil for none.
  ///   - division: the divisor of the weighted sum.
  ///   - countFloor: the smallest count.
  public init(
    counts: [Int], maxMargin: Double = 0.5, scale: Double = 30, logitsAreScaled: Bool = true,
    reweightingBeta: Double? = nil, division: ClassBalancedLoss.Division = .weights, countFloor: Double = 1
  ) throws {
    let classes = try ClassDistribution(counts: counts)
    margins = try classes.marginsByFrequency(maxMargin: maxMargin, countFloor: countFloor)
    scaledMargins = ClassConstant(margins.map { $0 * scale })
    logitScale = logitsAreScaled ? 1 : scale
    if let beta = reweightingBeta {
      let weights = ClassConstant(try classes.effectiveNumberWeights(beta: beta, countFloor: countFloor))
      averaging = division == .weights ? .weightedMean(weights) : .weightedByBatch(weights)
    } else {
      averaging = .mean
    }
  }

  /// Scaled logits, minus the margin for the target.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    var logits = try lossPrecision(logits)
    if logitScale != 1 { logits = try logits * logitScale }
    let targets = try labels.oneHot(classes: logits.shape[1]).to(logits.dtype)
    return try logits - targets * scaledMargins.tensor(like: logits)
  }

  /// Scale and margins.
  public func lossForm(for logits: Tensor) throws -> SoftmaxLossForm? {
    SoftmaxLossForm(margin: try scaledMargins.tensor(like: logits), scale: logitScale)
  }
}
