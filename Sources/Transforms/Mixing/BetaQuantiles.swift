import Foundation
import Synchronization
import Torch

/// Numbers with the distribution Beta(a, a), from uniform ones: the inverse of its distribution function as a table of 2048 pieces.
///
/// A table needs no rejection loop, whose length would depend on the draws.
public struct BetaQuantiles: Sendable {
  private static let pieces = 2048
  private static let made = Mutex<[Double: BetaQuantiles]>([:])
  /// The quantiles at `0, 1/2048, ..., 1`, with finite ends: at 2^-17 instead of 0, so that the long tails of narrow distributions do not
  /// reach to 0 and 1 along straight lines.
  public let values: [Double]

  /// The table of a parameter, computed once.
  public static func of(_ alpha: Double) -> BetaQuantiles {
    made.withLock { made in
      if let found = made[alpha] { return found }
      let table = BetaQuantiles(alpha)
      made[alpha] = table
      return table
    }
  }

  private init(_ alpha: Double) {
    // The distribution is symmetric around one half.
    let half = (0...Self.pieces / 2).map { Self.quantile(max(Double($0) / Double(Self.pieces), 0x1p-17), alpha) }
    values = half + half.dropLast().reversed().map { 1 - $0 }
  }

  /// The quantiles of uniform numbers, between the table's values along straight lines.
  ///
  /// - Parameter uniform: float64, within `0 ..< 1`.
  public func callAsFunction(_ uniform: Tensor) throws -> Tensor {
    let table = try DeviceConstants.tensor(values, dtype: .float64, on: uniform.device)
    let place = try uniform * Double(Self.pieces)
    let whole = try place.roundedDown().clamped(from: 0.0, to: Double(Self.pieces - 1))
    let index = try whole.to(.int64)
    let (lower, upper) = (try table.entries(at: index), try table.entries(at: index + 1))
    return try lower + (place - whole) * (upper - lower)
  }

  /// The number below which Beta(a, a) lies with a probability of at most one half, by bisection.
  private static func quantile(_ probability: Double, _ alpha: Double) -> Double {
    // Logarithms, because quantiles of small parameters are tiny.
    var (low, high) = (-700.0, log(0.5))
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if distribution(exp(middle), alpha) < probability { low = middle } else { high = middle }
    }
    return exp((low + high) / 2)
  }

  /// The probability that Beta(a, a) lies below `x` of at most one half, by its continued fraction.
  ///
  /// - Source: Numerical Recipes, the incomplete beta function (modified Lentz method).
  static func distribution(_ x: Double, _ alpha: Double) -> Double {
    let front = exp(
      logGamma(2 * alpha) - 2 * logGamma(alpha) + alpha * log(x) + alpha * log1p(-x))
    let tiny = 1e-300
    func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / guarded(1 - 2 * alpha * x / (alpha + 1))
    var result = d
    for m in 1...500 {
      let (k, twice) = (Double(m), Double(2 * m))
      let even = k * (alpha - k) * x / ((alpha + twice - 1) * (alpha + twice))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      result *= d * c
      let odd = -(alpha + k) * (2 * alpha + k) * x / ((alpha + twice) * (alpha + twice + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-15 { break }
    }
    return front * result / alpha
  }

  private static func logGamma(_ value: Double) -> Double { lgamma(value) }
}
