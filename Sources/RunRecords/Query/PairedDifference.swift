/// The mean difference between runs of equal seeds, with its confidence interval.
public struct PairedDifference: Sendable, Equatable, Encodable {
  /// The mean.
  public var mean: Double
  /// Half the width of the 95 % confidence interval by Student's t; nil for one pair.
  public var halfWidth: Double?
  /// The number of pairs.
  public var pairs: Int

  /// Computes mean and interval of differences; nil without any.
  public init?(_ differences: [Double]) {
    guard let statistic = RunComparison.statistic(differences) else { return nil }
    mean = statistic.mean
    pairs = differences.count
    halfWidth = statistic.standardDeviation.map {
      Self.quantile(degreesOfFreedom: differences.count - 1) * $0 / Double(differences.count).squareRoot()
    }
  }

  /// The 97.5 % quantile of Student's t: tabled up to 30 degrees of freedom, above by its expansion around the normal quantile.
  static func quantile(degreesOfFreedom count: Int) -> Double {
    guard count > table.count else { return table[max(0, count - 1)] }
    let (z, n) = (1.959963984540054, Double(count))
    let cube = z * z * z
    return z + (cube + z) / (4 * n) + (5 * cube * z * z + 16 * cube + 3 * z) / (96 * n * n)
  }

  private static let table = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
    2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
    2.0452, 2.0423,
  ]
}
