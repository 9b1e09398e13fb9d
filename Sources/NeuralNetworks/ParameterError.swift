/// A setting of a layer or of an operation outside its range.
public struct ParameterError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The setting.
  public let name: String
  /// The value.
  public let value: String
  /// What it must be.
  public let expected: String

  /// Names a setting, what came and what was expected.
  public init(_ name: String, _ value: String, expected: String) {
    self.name = name
    self.value = value
    self.expected = expected
  }

  /// The value and what was expected.
  public var description: String { "\(name) is \(value), but must be \(expected)" }
}
