/// A setting with a value that has no meaning, or that does not fit another one.
public struct SettingFault: Error, CustomStringConvertible, Sendable, Equatable {
  /// The path of the setting, such as `training.batchSize`; a position in a list stands in brackets.
  public let path: String
  /// What came.
  public let value: String
  /// What it must be, and what to do.
  public let expected: String

  /// States a fault.
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
