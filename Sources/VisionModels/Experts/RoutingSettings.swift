import Serialization

/// The routers of a network of experts, which decide for each image whether the next expert is computed.
public struct RoutingSettings: Settings {
  /// How many of the highest mean logits a router sees, 30 for CIFAR-100 and 50 for large sets; all of fewer classes.
  @Within(1...1_000_000) public var topLogits = 30
  /// The hidden units that see an expert's features.
  @Within(1...65_536) public var hidden = 16
  /// The probability above which the next expert is computed, between 0 and 1.
  @Within(0...1) public var threshold = 0.5

  /// The published routers for CIFAR-100.
  public init() {}

  /// The threshold lies between the two bounds.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(threshold > 0 && threshold < 1, "threshold", threshold, "above 0 and below 1")
  }
}
