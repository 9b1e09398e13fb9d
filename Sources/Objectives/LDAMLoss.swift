import Datasets
import Torch

/// Label-distribution-aware margins: the logit of the right class is lowered by a margin that is larger for rare classes,
/// `m[c] = maxMargin n[c]^(-1/4) / max_k n[k]^(-1/4)`, then softmax cross-entropy at scale `s`.
///
/// For deferred re-weighting use a second phase with `reweightingBeta`.
/// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019, equations 12 and 13.
public struct LDAMLoss: SoftmaxObjective {
  /// `ldam`
  public let name = "ldam"
  /// The plain mean, or weighted by the effective number of images.
  public let averaging: RowAveraging
  /// The margins in units of cosine.
  public let margins: [Double]
  private let lowering: ClassConstant
  private let logitFactor: Double

  /// Makes a loss.
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - maxMargin: the margin of the rarest class, in units of cosine.
  ///   - scale: the factor on cosines and margins.
  ///   - logitsAreScaled: whether the head has multiplied cosines by `scale` already, as cosine heads do.
  ///   - reweightingBeta: weights by the effective number of images, or nil for none.
  ///   - division: what a weighted sum is divided by.
  ///   - countFloor: the least count.
  public init(
    counts: [Int], maxMargin: Double = 0.5, scale: Double = 30, logitsAreScaled: Bool = true,
    reweightingBeta: Double? = nil, division: ClassBalancedLoss.Division = .weights, countFloor: Double = 1
  ) throws {
    let classes = try ClassDistribution(counts: counts)
    margins = try classes.marginsByFrequency(maxMargin: maxMargin, countFloor: countFloor)
    lowering = ClassConstant(margins.map { $0 * scale })
    logitFactor = logitsAreScaled ? 1 : scale
    if let beta = reweightingBeta {
      let weights = ClassConstant(try classes.effectiveNumberWeights(beta: beta, countFloor: countFloor))
      averaging = division == .weights ? .weightedMean(weights) : .weightedByBatch(weights)
    } else {
      averaging = .mean
    }
  }

  /// Scaled logits with the right class's lowered by its margin.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    var scores = try lossPrecision(logits)
    if logitFactor != 1 { scores = try scores * logitFactor }
    let right = try labels.oneHot(classes: scores.shape[1]).to(scores.dtype)
    return try scores - right * lowering.beside(scores)
  }

  /// Factor and margins.
  public func scoreForm(beside logits: Tensor) throws -> SoftmaxLossForm? {
    SoftmaxLossForm(margin: try lowering.beside(logits), scale: logitFactor)
  }
}
