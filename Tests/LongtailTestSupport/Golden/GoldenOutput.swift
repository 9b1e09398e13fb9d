/// A value that an operation computed, to be compared with the expected one.
///
/// The case decides the comparison: ``integer(_:)`` and everything made of it must be equal, a ``number(_:)`` must agree
/// within the tolerance of the case.
public indirect enum GoldenOutput: Sendable, Equatable {
  /// No value.
  case null
  /// True or false.
  case flag(Bool)
  /// An integer; must be equal.
  case integer(Int)
  /// A number; must agree within the tolerance.
  case number(Double)
  /// A text; must be equal.
  case text(String)
  /// A list of the same length and order.
  case list([GoldenOutput])
  /// Named values.
  case object([String: GoldenOutput])

  /// A list of numbers.
  public static func numbers(_ values: [Double]) -> GoldenOutput { .list(values.map(number)) }

  /// A list of integers.
  public static func integers(_ values: [Int]) -> GoldenOutput { .list(values.map(integer)) }

  /// A list of flags.
  public static func flags(_ values: [Bool]) -> GoldenOutput { .list(values.map(flag)) }

  /// A list of rows from values in row-major order.
  public static func matrix(_ values: [Double], columns: Int) -> GoldenOutput {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values are not rows of \(columns)")
    return .list(
      stride(from: 0, to: values.count, by: columns).map { .numbers(Array(values[$0..<$0 + columns])) })
  }

  /// A number, or no value.
  public static func optional(_ value: Double?) -> GoldenOutput { value.map(number) ?? .null }
}
