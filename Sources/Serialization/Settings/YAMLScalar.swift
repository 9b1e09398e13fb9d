import Foundation

/// The meaning of plain (unquoted) scalars: the core schema of YAML 1.2.
///
/// So `yes`, `no`, `on`, `off` are text, `1e-4` is a number, `010` is ten and `12:30` is text, unlike in YAML 1.1.
enum YAMLScalar {
  /// The value of a plain text.
  static func value(of text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    default: return number(text) ?? .string(text)
    }
  }

  private static func number(_ text: String) -> JSONValue? {
    if text.wholeMatch(of: /[-+]?[0-9]+/) != nil {
      return Int(text).map { .integer($0) } ?? Double(text).map { .number($0) }
    }
    if text.wholeMatch(of: /0x[0-9a-fA-F]+/) != nil {
      return Int(text.dropFirst(2), radix: 16).map { .integer($0) }
    }
    guard text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil else { return nil }
    // Swift wants digits on both sides of the point; the C library, which `Double(_:)` uses, does not.
    return Double(text).map { .number($0) }
  }

  /// The text of a value on one line, which is read as the same value.
  static func text(of value: JSONValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .integer(let number): return String(number)
    case .number(let number):
      if number.isNaN { return ".nan" }
      if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
      return number.description
    case .string(let text): return quotedIfNeeded(text)
    case .array(let elements): return "[" + elements.map(Self.text).joined(separator: ", ") + "]"
    case .object(let object):
      let members = object.members.map { "\(key(of: $0.key)): \(text(of: $0.value))" }
      return "{" + members.joined(separator: ", ") + "}"
    }
  }

  /// The text of a key; keys are always text, so only special characters need quotes.
  static func key(of text: String) -> String {
    text.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.\/-]*/) != nil ? text : JSONValue.string(text).compactText
  }

  private static func quotedIfNeeded(_ text: String) -> String {
    let isPlain = text.wholeMatch(of: /[A-Za-z_\/.][A-Za-z0-9_.\/-]*( [A-Za-z0-9_.\/-]+)*/) != nil
    if isPlain, value(of: text) == .string(text) { return text }
    // A JSON text is a double-quoted YAML text.
    return JSONValue.string(text).compactText
  }
}
