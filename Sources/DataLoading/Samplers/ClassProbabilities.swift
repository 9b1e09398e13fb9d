import Datasets
import Foundation

/// Class probabilities proportional to a power of the counts: `n[c]^exponent / sum_k n[k]^exponent`.
///
/// Exponent 1 is instance-balanced, 0.5 square-root, 0 class-balanced sampling. A class without images gets 0 whatever
/// the exponent and does not count for the shares of the others.
///
/// - Throws: `ClassDistributionError` for no class, no image, a negative count or an exponent that is not finite.
public func classProbabilities(counts: [Int], exponent: Double) throws -> [Double] {
  _ = try ClassDistribution(counts: counts)
  guard exponent.isFinite else {
    throw ClassDistributionError.parameter("exponent", expected: "a finite number", got: exponent)
  }
  // Powers relative to the largest one keep every exponent in range.
  let logs = counts.map { $0 > 0 ? exponent * log(Double($0)) : -.infinity }
  let peak = logs.max() ?? 0
  let powers = logs.map { exp($0 - peak) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}

/// Class probabilities on the way from instance-balanced (`progress` 0) to class-balanced (`progress` 1) sampling:
/// `(1 - progress) * instance + progress * balanced`. A class without images gets 0.
///
/// - Throws: `ClassDistributionError` for unusable counts or a progress outside `0...1`.
public func progressiveProbabilities(counts: [Int], progress: Double) throws -> [Double] {
  _ = try ClassDistribution(counts: counts)
  guard progress >= 0, progress <= 1 else {
    throw ClassDistributionError.parameter("progress", expected: "a value in 0...1", got: progress)
  }
  return mixedProbabilities(counts: counts, progress: progress)
}

/// The mixture of instance-balanced and class-balanced probabilities for counts that were checked before.
func mixedProbabilities(counts: [Int], progress: Double) -> [Double] {
  let total = Double(counts.reduce(0, +))
  let present = Double(counts.count { $0 > 0 })
  return counts.map { $0 == 0 ? 0 : (1 - progress) * Double($0) / total + progress / present }
}
