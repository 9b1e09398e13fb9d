import Datasets
import Torch

/// Softmax cross-entropy weighted by the effective number of images: `w[c]` proportional to `(1 - beta) / (1 - beta^n[c])`, mean 1.
///
/// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019, equation 10.
public struct ClassBalancedLoss: SoftmaxObjective {
  /// How the weighted rows are averaged.
  public enum Division: String, Sendable, Codable {
    /// By the weights present in the batch.
    case weights
    /// By the number of rows.
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

  /// The logits as they are.
  public func scoreForm(beside logits: Tensor) throws -> SoftmaxLossForm? { SoftmaxLossForm() }
}
