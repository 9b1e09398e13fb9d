/// A JSON value whose objects keep the order of their members and whose integers stay integers.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction and exponent.
  case integer(Int)
  /// Any other number. Not-a-number and the infinities are written as the texts `NaN`, `Infinity`, `-Infinity`.
  case number(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Named members in order.
  case object(JSONObject)

  /// The number, from either kind of number or one of the texts for numbers that are not finite.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: nil
    }
  }
  /// The integer, if this is one.
  public var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The text, if this is text.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
  /// The truth value, if this is one.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The elements, if this is a list.
  public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The members, if this is an object.
  public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// What kind of value this is, in words: `an integer`, `a list`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "text"
    case .array: "a list"
    case .object: "a group of keys"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Text from a literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An integer from a literal.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number from a literal.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A truth value from a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// `null` from a literal.
  public init(nilLiteral: ()) { self = .null }
  /// A list from a literal.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object from a literal, in its order; the last of equal names wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}
