/// The metrics of one method.
public struct MethodResult: Sendable, Equatable {
  /// The name of the method.
  public var name: String
  /// A note below the name, such as the number of seeds or how the epoch was selected.
  public var note: String
  /// Values in 0...1 by metric name (see `MetricName`).
  public var values: [String: Double]
  /// Sample standard deviations over seeds, by metric name; empty for one run.
  public var standardDeviations: [String: Double]

  /// Makes a result.
  public init(name: String, note: String = "", values: [String: Double], standardDeviations: [String: Double] = [:]) {
    self.name = name
    self.note = note
    self.values = values
    self.standardDeviations = standardDeviations
  }
}
