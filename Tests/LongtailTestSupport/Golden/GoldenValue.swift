/// A value of a golden book as it stands in the file.
public indirect enum GoldenValue: Sendable, Equatable {
  /// No value: an empty group, an unknown count.
  case null
  /// True or false.
  case flag(Bool)
  /// A number; books hold no integers beyond 2^53.
  case number(Double)
  /// A text; `"inf"`, `"-inf"` and `"nan"` stand for these numbers.
  case text(String)
  /// A list.
  case list([GoldenValue])
  /// Named values.
  case object([String: GoldenValue])

  /// The number, also when it is written as `"inf"`, `"-inf"` or `"nan"`; `nil` for anything else.
  public var number: Double? {
    switch self {
    case .number(let number): number
    case .text("inf"): .infinity
    case .text("-inf"): -.infinity
    case .text("nan"): .nan
    default: nil
    }
  }

  /// The integer; `nil` for anything else, a fraction included.
  public var integer: Int? {
    number.flatMap { Int(exactly: $0) }
  }

  /// The text, or `nil`.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// True or false, or `nil`.
  public var flag: Bool? {
    if case .flag(let flag) = self { flag } else { nil }
  }

  /// The elements of a list, or `nil`.
  public var list: [GoldenValue]? {
    if case .list(let list) = self { list } else { nil }
  }

  /// The named values of an object, or `nil`.
  public var object: [String: GoldenValue]? {
    if case .object(let object) = self { object } else { nil }
  }

  /// A name of the kind of value, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .flag: "a flag"
    case .number: "a number"
    case .text(let text): "\"\(text)\""
    case .list(let list): "a list of \(list.count)"
    case .object: "an object"
    }
  }
}
