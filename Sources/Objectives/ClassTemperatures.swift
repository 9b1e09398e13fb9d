import Datasets

/// Softmax temperatures, one a class, lower for rarer classes.
///
/// With the share `b[c] = gamma C n[c] / sum(n) + (1 - gamma)` of a class.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3, and its published code.
public struct ClassTemperatures: Sendable, Equatable {
  /// How the commonest class gets the greatest temperature.
  public enum Style: String, Sendable, Codable, CaseIterable {
    /// `T[c] = base b[c] / max(b)`, as in the published code.
    case divided
    /// `T[c] = base (b[c] + 1 - max(b))`, as in the paper.
    case shifted
  }

  /// One temperature a class, all above 0.
  public let values: [Double]
  /// How they were made.
  public let style: Style

  /// Temperatures by frequency.
  ///
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - base: the temperature of the commonest class.
  ///   - gamma: how strongly frequency matters; 0 gives all classes the base.
  ///   - style: how the commonest class gets the greatest.
  /// - Throws: `ObjectiveError.setting` when a temperature is not above 0, `ClassDistributionError` for unusable counts.
  public init(counts: [Int], base: Double = 1, gamma: Double, style: Style = .divided) throws {
    try Self.check("base temperature", base, isRight: base > 0, expected: "a finite number above 0")
    try Self.check("gamma", gamma, isRight: gamma >= 0, expected: "a finite number of at least 0")
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
    try Self.check("base temperature", base, isRight: base > 0, expected: "a finite number above 0")
    values = Array(repeating: base, count: classes)
    self.style = style
  }

  /// The arithmetic mean.
  public var mean: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

  /// What a divergence is multiplied by, so that its gradients keep their size: the square of the mean in the published code, 1 in the
  /// paper.
  public var divergenceFactor: Double { style == .divided ? mean * mean : 1 }

  private static func check(_ name: String, _ value: Double, isRight: Bool, expected: String) throws {
    guard isRight, value.isFinite else {
      throw ObjectiveError.setting(name: name, value: "\(value)", expected: expected)
    }
  }
}
