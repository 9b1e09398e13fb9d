/// A strict parser of JSON (RFC 8259) over bytes that it does not own.
struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0
  private static let greatestDepth = 128

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func parseDocument() throws -> JSONValue {
    let value = try parseValue()
    skipSpace()
    guard position == bytes.count else { throw error("expected the end, found \(found)") }
    return value
  }

  private mutating func parseValue() throws -> JSONValue {
    skipSpace()
    guard let byte = peek else { throw error("expected a value, found the end") }
    switch byte {
    case UInt8(ascii: "{"): return try parseObject()
    case UInt8(ascii: "["): return try parseArray()
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    default: throw error("expected a value, found \(found)")
    }
  }

  private mutating func parseObject() throws -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var object = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(object) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a name in quotes, found \(found)") }
      let key = try parseString()
      guard object[key] == nil else { throw error("the name '\(printable(key))' stands twice in one object") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("expected ':', found \(found)") }
      object[key] = try parseValue()
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}', found \(found)") }
    return .object(object)
  }

  private mutating func parseArray() throws -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try parseValue())
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']', found \(found)") }
    return .array(elements)
  }

  private mutating func enter() throws {
    depth += 1
    guard depth <= Self.greatestDepth else { throw error("more than \(Self.greatestDepth) levels") }
    position += 1
  }

  private mutating func parseWord(_ word: String, _ value: JSONValue) throws -> JSONValue {
    for byte in word.utf8 {
      guard take(byte) else { throw error("expected '\(word)', found \(found)") }
    }
    return value
  }

  private mutating func parseNumber() throws -> JSONValue {
    let start = position
    var isInteger = true
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try takeDigits() }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try takeDigits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try takeDigits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw error("the number \(printable(text)) is too large") }
    return .number(value)
  }

  private mutating func takeDigits() throws {
    let start = position
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    guard position > start else { throw error("expected a digit, found \(found)") }
  }

  private mutating func parseString() throws -> String {
    position += 1
    var collected: [UInt8] = []
    var start = position
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        collected.append(contentsOf: bytes[start..<position])
        guard let text = String(validating: collected, as: UTF8.self) else { throw error("text that is not UTF-8") }
        position += 1
        return text
      case UInt8(ascii: "\\"):
        collected.append(contentsOf: bytes[start..<position])
        position += 1
        collected.append(contentsOf: try parseEscape())
        start = position
      case 0..<0x20: throw error("a control character in text")
      default: position += 1
      }
    }
    throw error("text without its closing quote")
  }

  private mutating func parseEscape() throws -> [UInt8] {
    guard let byte = peek else { throw error("an escape without its character") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return Array(String(Character(try parseUnicodeEscape())).utf8)
    default: throw error("an unknown escape")
    }
  }

  private mutating func parseUnicodeEscape() throws -> Unicode.Scalar {
    let first = try parseHexadecimal()
    guard 0xD800..<0xDC00 ~= first else {
      guard let scalar = Unicode.Scalar(first) else { throw error("half of a surrogate pair") }
      return scalar
    }
    guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error("half of a surrogate pair") }
    let second = try parseHexadecimal()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair") }
    return scalar
  }

  private mutating func parseHexadecimal() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private var found: String {
    guard let byte = peek else { return "the end" }
    return 0x20..<0x7F ~= byte ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
  }

  private func error(_ reason: String) -> JSONError {
    let before = bytes[..<min(position, bytes.count)]
    let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONError(line: line, column: before.count - lineStart + 1, reason: reason)
  }
}
