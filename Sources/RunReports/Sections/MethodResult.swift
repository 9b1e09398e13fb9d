/// The metrics of one method.
public struct MethodResult: Sendable, Equatable {
  /// The name to show.
  public var name: String
  /// A remark in small letters, such as the number of seeds or how the epoch was chosen.
  public var note: String
  /// Fractions by metric name (see `MetricName`).
  public var values: [String: Double]
  /// Sample standard deviations over seeds, by metric name; empty for one run.
  public var standardDeviations: [String: Double]

  /// A result from its parts.
  public init(name: String, note: String = "", values: [String: Double], standardDeviations: [String: Double] = [:]) {
    self.name = name
    self.note = note
    self.values = values
    self.standardDeviations = standardDeviations
  }
}
