import Foundation

extension ClassDistribution {
  /// Class weights by the effective number of samples, scaled to mean 1.
  ///
  /// With `m[c] = max(counts[c], countFloor)` the weight is proportional to `(1 - beta) / (1 - beta^m[c])`.
  /// `beta = 0` gives equal weights; `beta` towards 1 gives inverse frequency.
  ///
  /// - Parameters:
  ///   - beta: overlap of samples, in `[0, 1)`; usually 0.9999 (0.999 to 0.9999 for CIFAR).
  ///   - countFloor: lower bound put on the counts, so that an empty class has a finite weight; 0 only if no class is empty.
  /// - Throws: ``ClassDistributionError/parameter(_:expected:got:)`` when a parameter is outside its range.
  /// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.
  public func effectiveNumberWeights(beta: Double, countFloor: Double = 1) throws -> [Double] {
    guard beta >= 0, beta < 1 else {
      throw ClassDistributionError.parameter("beta", expected: "a value in [0, 1)", got: beta)
    }
    let floored = try flooredCounts(countFloor)
    guard beta > 0 else { return floored.map { _ in 1 } }
    // 1 - beta^n loses all digits for beta near 1; expm1 keeps them. The common factor 1 - beta cancels.
    let logBeta = log(beta)
    let inverse = floored.map { 1 / -expm1($0 * logBeta) }
    let mean = inverse.reduce(0, +) / Double(classCount)
    return inverse.map { $0 / mean }
  }

  /// Margins of label-distribution-aware margin loss: `maxMargin * m[c]^(-1/4) / max_k m[k]^(-1/4)` with
  /// `m[c] = max(counts[c], countFloor)`, so that the rarest class gets `maxMargin`.
  ///
  /// - Parameters:
  ///   - maxMargin: margin of the rarest class, in units of the cosine (before the scale); usually 0.5; 0 for none.
  ///   - countFloor: lower bound put on the counts; 0 only if no class is empty.
  /// - Throws: ``ClassDistributionError/parameter(_:expected:got:)`` when a parameter is outside its range.
  /// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019.
  public func marginsByFrequency(maxMargin: Double = 0.5, countFloor: Double = 1) throws -> [Double] {
    guard maxMargin >= 0, maxMargin.isFinite else {
      throw ClassDistributionError.parameter("maxMargin", expected: "a number of at least 0", got: maxMargin)
    }
    let roots = try flooredCounts(countFloor).map { 1 / $0.squareRoot().squareRoot() }
    let largest = roots.reduce(0, max)
    return roots.map { maxMargin * $0 / largest }
  }

  /// Natural logarithm of the prior after every count is raised to `countFloor`:
  /// `log(m[c] / sum_k m[k])` with `m[c] = max(counts[c], countFloor)`.
  ///
  /// - Throws: ``ClassDistributionError/parameter(_:expected:got:)`` when a class keeps a count of 0.
  public func logPrior(countFloor: Double) throws -> [Double] {
    let floored = try flooredCounts(countFloor)
    let sum = floored.reduce(0, +)
    return floored.map { log($0 / sum) }
  }

  private func flooredCounts(_ countFloor: Double) throws -> [Double] {
    let floored = counts.map { max(Double($0), countFloor) }
    guard countFloor >= 0, countFloor.isFinite, floored.allSatisfy({ $0 > 0 }) else {
      let expected = counts.contains(0) ? "a positive number, because a class has no images" : "a number of at least 0"
      throw ClassDistributionError.parameter("countFloor", expected: expected, got: countFloor)
    }
    return floored
  }
}
