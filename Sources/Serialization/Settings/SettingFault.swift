/// A setting whose value is out of range, or does not fit another setting.
public struct SettingFault: Error, CustomStringConvertible, Sendable, Equatable {
  /// The path of the setting, such as `training.batchSize`; an index of a list is in brackets.
  public let path: String
  /// The value.
  public let value: String
  /// What the value must be, and what to do.
  public let expected: String

  /// Creates a fault.
  public init(_ path: String, _ value: Any, expected: String) {
    self.path = path
    self.value = SettingChecks.text(of: value)
    self.expected = expected
  }

  /// The message without the path: `it is 0, but must be within 1...64`.
  public var reason: String { "it is \(value), but must be \(expected)" }
  /// The whole message.
  public var description: String { "\(path) is \(value), but must be \(expected)" }
}
