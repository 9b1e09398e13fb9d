/// Values that a stage's program logs.
public struct StageMeasurement: Sendable, Equatable {
  /// The name in the log.
  public var name: String
  /// One value, or one per class.
  public var values: [Double]

  /// Names values.
  public init(_ name: String, _ values: [Double]) {
    self.name = name
    self.values = values
  }
}
