import Datasets

/// One softmax temperature per class, lower for rarer classes.
///
/// Both styles use `b[c] = gamma C n[c] / sum(n) + (1 - gamma)` for class counts `n` and `C` classes.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3, and its
///   published code.
public struct ClassTemperatures: Sendable, Equatable {
  /// How temperatures follow from `b`; the most frequent class has the highest in both.
  public enum Style: String, Sendable, Codable, CaseIterable {
    /// `T[c] = base b[c] / max(b)`, as in the published code.
    case divided
    /// `T[c] = base (b[c] + 1 - max(b))`, as in the paper.
    case shifted
  }

  /// One temperature per class, all above 0.
  public let values: [Double]
  /// How temperatures follow from `b`.
  public let style: Style

  /// Temperatures by frequency.
  ///
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - base: the temperature of the most frequent class.
  ///   - gamma: the influence of class frequency; 0 gives all classes the base temperature.
  ///   - style: how temperatures follow from `b`.
  /// - Throws: `ObjectiveError.setting` when a temperature is not above 0, `ClassDistributionError` for unusable
  ///   counts.
  public init(counts: [Int], base: Double = 1, gamma: Double, style: Style = .divided) throws {
    try Self.check("base temperature", base, holds: base > 0, expected: "a finite number above 0")
    try Self.check("gamma", gamma, holds: gamma >= 0, expected: "a finite number of at least 0")
    let classes = try ClassDistribution(counts: counts)
    let shares = classes.prior.map { gamma * Double(classes.classCount) * $0 + (1 - gamma) }
    let largest = shares.reduce(-.infinity, max)
    values = shares.map { style == .divided ? base * $0 / largest : base * (1 - (largest - $0)) }
    self.style = style
    for (label, value) in values.enumerated() where !(value > 0) {
      throw ObjectiveError.setting(
        name: "temperature of class \(label)", value: "\(value)",
        expected: "above 0; choose a smaller gamma than \(gamma)"
      )
    }
  }

  /// The same temperature for all classes, as before the deferred phase.
  /// - Throws: `ObjectiveError.setting` for a temperature that is not above 0.
  public init(uniform base: Double, classes: Int, style: Style = .divided) throws {
    try Self.check("base temperature", base, holds: base > 0, expected: "a finite number above 0")
    values = Array(repeating: base, count: classes)
    self.style = style
  }

  /// The arithmetic mean.
  public var mean: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

  /// The factor of a divergence that keeps the size of its gradients: the square of the mean temperature in the
  /// published code, 1 in the paper.
  public var divergenceFactor: Double { style == .divided ? mean * mean : 1 }

  private static func check(_ name: String, _ value: Double, holds: Bool, expected: String) throws {
    guard holds, value.isFinite else {
      throw ObjectiveError.setting(name: name, value: "\(value)", expected: expected)
    }
  }
}
