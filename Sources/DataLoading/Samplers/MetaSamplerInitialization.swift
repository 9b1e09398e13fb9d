import Datasets
import Foundation

/// The initial rates of a ``MetaSampler``, in double precision.
///
/// With `q[c] = (n[c] / N)^(-power)`: `s[c] = q[c] / (min q + max q)` and `psi[c] = log s[c] - log(1 - s[c])`. A class without images has no
/// part in this; its parameter is 0.
///
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, published code.
public struct MetaSamplerInitialization: Sendable, Equatable {
  /// `psi`, by class.
  public let scores: [Double]
  private let counts: [Int]

  /// Computes the initial parameters.
  /// - Throws: `ClassDistributionError` for unusable counts or a power that is not finite.
  public init(counts: [Int], power: Double) throws {
    let total = Double(try ClassDistribution(counts: counts).total)
    guard power.isFinite else {
      throw ClassDistributionError.parameter("power", expected: "a finite number", got: power)
    }
    let logs = counts.map { $0 > 0 ? -power * log(Double($0) / total) : .nan }
    let present = logs.filter { !$0.isNaN }
    let (least, greatest) = (present.min() ?? 0, present.max() ?? 0)
    // 1 - s = (min q + max q - q) / (min q + max q); relative to max q the difference keeps its digits.
    scores = logs.map { value in
      value.isNaN ? 0 : (value - greatest) - log(exp(least - greatest) - expm1(value - greatest))
    }
    self.counts = counts
  }

  /// Uses given parameters, such as those of a trained sampler.
  public init(counts: [Int], scores: [Double]) throws {
    _ = try ClassDistribution(counts: counts)
    guard scores.count == counts.count else {
      throw ClassDistributionError.parameter(
        "number of sampler parameters", expected: "\(counts.count), one per class", got: Double(scores.count))
    }
    self.scores = scores
    self.counts = counts
  }

  /// `s = sigmoid(psi)`, by class.
  public var classLogits: [Double] { scores.map { $0 >= 0 ? 1 / (1 + exp(-$0)) : exp($0) / (1 + exp($0)) } }

  /// The probability that a draw gives one given image, by its class.
  public var imageProbabilities: [Double] {
    let (logs, total) = logMasses
    return logs.map { exp($0 - total) }
  }

  /// The probability that a draw gives a class.
  public var classProbabilities: [Double] { zip(imageProbabilities, counts).map { $0 * Double($1) } }

  /// `log s` of each class, and the logarithm of the sum of `s` over all images, both without underflow.
  private var logMasses: (logs: [Double], total: Double) {
    let logs = scores.map { $0 >= 0 ? -log1p(exp(-$0)) : $0 - log1p(exp($0)) }
    let greatest = zip(logs, counts).filter { $0.1 > 0 }.map(\.0).max() ?? 0
    let sum = zip(logs, counts).reduce(0.0) { $1.1 > 0 ? $0 + Double($1.1) * exp($1.0 - greatest) : $0 }
    return (logs, greatest + log(sum))
  }
}
