import Datasets

/// The number of copies of the images of each class that makes a pass over the data set class-balanced and keeps its expected
/// length.
///
/// With `r` the class's balanced share over its own share: an image has `floor(r)` copies, one more with a probability, and each copy is
/// kept with a probability: `r` copies on average. A class without images gets 0 and does not count for the balanced share.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021, published code.
public struct StreamResampling: Sendable, Equatable {
  /// The expected copies of an image, by class.
  public let ratios: [Double]
  /// The copies that an image has at least before any is left out, by class.
  public let baseCopies: [Double]
  /// The probability of one more copy, by class.
  public let extraCopyProbabilities: [Double]
  /// The probability that a copy is kept, by class.
  public let keepProbabilities: [Double]

  /// Computes the rule.
  /// - Throws: `ClassDistributionError` for unusable counts.
  public init(counts: [Int]) throws {
    let total = Double(try ClassDistribution(counts: counts).total)
    let present = Double(counts.count { $0 > 0 })
    ratios = counts.map { $0 > 0 ? (1 / present) / (Double($0) / total) : 0 }
    baseCopies = ratios.map { $0.rounded(.down) }
    extraCopyProbabilities = ratios.map { max($0, 1) - $0.rounded(.down) }
    keepProbabilities = ratios.map { min($0, 1) }
  }

  /// The copies of one image in one pass.
  /// - Parameters:
  ///   - label: its class.
  ///   - uniform: gives numbers in `[0, 1)`.
  public func copies(of label: Int, drawing uniform: () -> Double) -> Int {
    let copies = Int(baseCopies[label]) + (uniform() < extraCopyProbabilities[label] ? 1 : 0)
    guard keepProbabilities[label] < 1 else { return copies }
    return (0..<copies).count { _ in uniform() < keepProbabilities[label] }
  }
}
