import Datasets
import Torch

/// One binary focal loss per class, weighted by the effective number of images of the row's class and divided by the number of rows.
///
/// Start the head's bias at `-log(classes - 1)`, so that the many negatives do not drown the first steps.
/// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019, section 4.4.
public struct ClassBalancedSigmoidFocal: RowObjective {
  /// `class-balanced-sigmoid-focal`
  public let name = "class-balanced-sigmoid-focal"
  /// Weighted by class, divided by the number of rows.
  public let averaging: RowAveraging
  private let gamma: Double

  /// Makes a loss.
  public init(counts: [Int], gamma: Double = 2, beta: Double = 0.9999, countFloor: Double = 1) throws {
    guard gamma >= 0, gamma.isFinite else {
      throw ObjectiveError.setting(name: "gamma", value: "\(gamma)", expected: "a finite number of at least 0")
    }
    let weights = try ClassDistribution(counts: counts).effectiveNumberWeights(beta: beta, countFloor: countFloor)
    averaging = .weightedByBatch(ClassConstant(weights))
    self.gamma = gamma
  }

  /// The sum over classes of each row.
  public func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    let classes = adjusted.shape[1]
    let targets = try labels.oneHot(classes: classes).to(adjusted.dtype)
    let entropy = try adjusted.binaryCrossEntropy(targets, reduction: .none)
    // The binary cross-entropy is -log of the right side's probability, so the softmax form applies to each entry.
    return try FocalLoss.modulated(entropy, gamma: gamma).sum(alongAxes: [1])
  }
}
