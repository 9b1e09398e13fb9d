import Datasets
import Objectives
import Torch

/// One binary focal loss per class, weighted by the effective number of images of the row's class and divided by the
/// number of rows. No method of the library uses it.
///
/// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019, section 4.4.
struct ClassBalancedSigmoidFocal: RowObjective {
  let name = "class-balanced-sigmoid-focal"
  let averaging: RowAveraging
  private let gamma: Double

  init(counts: [Int], gamma: Double, beta: Double, countFloor: Double) throws {
    let weights = try ClassDistribution(counts: counts).effectiveNumberWeights(beta: beta, countFloor: countFloor)
    averaging = .weightedByBatch(ClassConstant(weights))
    self.gamma = gamma
  }

  /// The sum over classes of each row.
  func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    let targets = try labels.oneHot(classes: adjusted.shape[1]).to(adjusted.dtype)
    let entropy = try adjusted.binaryCrossEntropy(targets, reduction: .none)
    // Binary cross-entropy is -log of the target's probability, so the focal factor applies to each entry.
    return try FocalLoss.modulated(entropy, gamma: gamma).sum(alongAxes: [1])
  }
}
