/// Text that is not JSON, or more than is accepted.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The byte in the line, from 1.
  public let column: Int
  /// What was expected and what came.
  public let reason: String

  /// The message with its place.
  public var description: String { "line \(line), column \(column): \(reason)" }
}
