import Serialization

/// How router decide whether a further expert is asked, by value.
public struct RoutingSettings: Sendable, Codable, Equatable {
  /// How many of the highest mean logits a gate sees, 30 for CIFAR-100 and 50 for large sets; all of fewer classes.
  public var topLogits: Int
  /// The hidden units that see an expert's feature.
  public var hidden: Int
  /// The probability above which a further expert is asked, between 0 and 1.
  public var threshold: Double

  /// Makes settings.
  public init(topLogits: Int = 30, hidden: Int = 16, threshold: Double = 0.5) {
    self.topLogits = topLogits
    self.hidden = hidden
    self.threshold = threshold
  }

  /// Reads settings; what is not there has its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let usual = RoutingSettings()
    topLogits = try values.decodeIfPresent(Int.self, forKey: .topLogits) ?? usual.topLogits
    hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? usual.hidden
    threshold = try values.decodeIfPresent(Double.self, forKey: .threshold) ?? usual.threshold
  }
}

extension RoutingSettings: CheckedSettings {
  /// Ranges of all numbers.
  public func check(_ checks: inout SettingChecks) {
    checks.integer("topLogits", topLogits, in: 1...1_000_000)
    checks.integer("hidden", hidden, in: 1...65_536)
    checks.number("threshold", threshold, in: 0...1)
    checks.require(threshold > 0 && threshold < 1, "threshold", threshold, "above 0 and below 1")
  }
}
