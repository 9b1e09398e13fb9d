import Serialization

/// What a file calls an image, a class or an annotation: a whole number or a text, such as the UUIDs of camera traps.
///
/// A text that spells a whole number the usual way is that number, so that `"17"` and `17` name the same record; `"017"` is a text.
public enum RecordIdentifier: Sendable, Hashable {
  /// A whole number.
  case number(Int)
  /// Anything else.
  case text(String)

  /// The identifier that a text spells.
  public init(_ text: String) {
    if let number = Int(text), String(number) == text { self = .number(number) } else { self = .text(text) }
  }
}

extension RecordIdentifier: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A number.
  public init(integerLiteral value: Int) { self = .number(value) }
  /// The identifier that a text spells.
  public init(stringLiteral value: String) { self.init(value) }
}

extension RecordIdentifier: Comparable {
  /// Numbers by value, then texts in byte-wise order.
  public static func < (one: RecordIdentifier, other: RecordIdentifier) -> Bool {
    switch (one, other) {
    case (.number(let left), .number(let right)): left < right
    case (.text(let left), .text(let right)): ClassOrder.precedes(left, right)
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}

extension RecordIdentifier: CustomStringConvertible {
  /// The number, or the text in quotes.
  public var description: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): "'\(text)'"
    }
  }
}

extension JSONReader {
  /// The identifier of a record: a whole number or a text.
  mutating func identifier() throws -> RecordIdentifier {
    switch try kind() {
    case .string: return RecordIdentifier(try string())
    case .number:
      let found: RecordIdentifier? = try number { bytes in
        if let value = ByteText.integer(bytes) { return .number(value) }
        // Digits that no integer can hold are still a key.
        if bytes.allSatisfy({ $0 &- 0x30 <= 9 }) { return .text(String(decoding: bytes, as: UTF8.self)) }
        return ByteText.decimal(bytes).flatMap { Int(exactly: $0) }.map { .number($0) }
      }
      guard let found else { throw numberMismatch("a whole number or text") }
      return found
    default: throw mismatch("a whole number or text")
    }
  }
}

extension RecordIdentifier: Codable {
  /// Reads a number or a text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self.init(try container.decode(String.self))
    }
  }

  /// Writes a number or a text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}
