import Datasets
import Torch

/// Softmax cross-entropy weighted by the effective number of images: `w[c]` proportional to
/// `(1 - beta) / (1 - beta^n[c])`, with mean 1 over classes.
///
/// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019, equation 10.
public struct ClassBalancedLoss: SoftmaxObjective {
  /// The divisor of the weighted sum over rows.
  public enum Division: String, Sendable, Codable {
    /// The sum of the weights of the batch's rows, as PyTorch's cross-entropy divides.
    case weights
    /// The number of rows.
    case rows
  }

  /// `class-balanced`
  public let name = "class-balanced"
  /// Weighted by class.
  public let averaging: RowAveraging

  /// Makes a loss.
  public init(counts: [Int], beta: Double = 0.9999, countFloor: Double = 1, division: Division = .weights) throws {
    let weights = try ClassDistribution(counts: counts).effectiveNumberWeights(beta: beta, countFloor: countFloor)
    averaging = division == .weights ? .weightedMean(ClassConstant(weights)) : .weightedByBatch(ClassConstant(weights))
  }

  /// No offset, margin or scale.
  public func lossForm(for logits: Tensor) throws -> SoftmaxLossForm? { SoftmaxLossForm() }
}
