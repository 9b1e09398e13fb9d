/// Reads JSON piece by piece from a file of any size, so that an annotation file never lies in memory as a tree.
///
/// The caller asks for what it expects; anything else is an error that names file, line and column. Skipped values are
/// checked as strictly as others.
package struct JSONReader: ~Copyable {
  private var tokens: JSONTokenizer
  private var depth = 0
  /// The names of the objects around the next value, outermost first.
  private var keys: [String] = []
  private static let greatestDepth = 128

  /// Reads from a stream of bytes; a byte order mark at its start is an error.
  init(strict stream: consuming ByteStream) { tokens = JSONTokenizer(stream) }

  /// Reads from a stream of bytes; a byte order mark at its start is skipped.
  package init(_ stream: consuming ByteStream) {
    var stream = stream
    stream.skipByteOrderMark()
    self.init(strict: stream)
  }

  /// Reads from a file in UTF-8 or UTF-16.
  package init(contentsOf path: String) throws { self.init(try TextFile.stream(path)) }

  /// The kind of the next value, by its first byte.
  package enum Kind { case object, array, string, number, bool, null }

  // MARK: Objects and arrays

  /// Reads an object; `body` gets each name and must read or skip its value.
  ///
  /// - Parameter isStrict: whether equal names in one object are an error; otherwise `body` is called for each.
  package mutating func readObject(isStrict: Bool = false, _ body: (inout JSONReader, String) throws -> Void) throws {
    try enter(UInt8(ascii: "{"), "an object")
    if !tokens.take(UInt8(ascii: "}")) {
      var names: Set<String> = []
      repeat {
        tokens.skipSpace()
        guard tokens.stream.peek() == UInt8(ascii: "\"") else {
          throw error("expected a name in quotes, found \(tokens.found)")
        }
        let key = try string()
        if isStrict, !names.insert(key).inserted {
          throw error("the name '\(printable(key))' stands twice in one object")
        }
        guard tokens.take(UInt8(ascii: ":")) else { throw error("expected ':', found \(tokens.found)") }
        keys.append(key)
        try body(&self, key)
        keys.removeLast()
      } while tokens.take(UInt8(ascii: ","))
      guard tokens.take(UInt8(ascii: "}")) else { throw error("expected ',' or '}', found \(tokens.found)") }
    }
    depth -= 1
  }

  /// Reads an array; `body` is called before each element and must read or skip it.
  package mutating func readArray(_ body: (inout JSONReader) throws -> Void) throws {
    try enter(UInt8(ascii: "["), "an array")
    if !tokens.take(UInt8(ascii: "]")) {
      repeat { try body(&self) } while tokens.take(UInt8(ascii: ","))
      guard tokens.take(UInt8(ascii: "]")) else { throw error("expected ',' or ']', found \(tokens.found)") }
    }
    depth -= 1
  }

  /// Checks that nothing follows.
  package mutating func finish() throws {
    tokens.skipSpace()
    if tokens.stream.peek() == nil { try tokens.stream.checkEnd() }
    guard tokens.stream.peek() == nil else { throw error("expected the end, found \(tokens.found)") }
  }

  private mutating func enter(_ bracket: UInt8, _ name: String) throws {
    guard tokens.take(bracket) else { throw mismatch(name) }
    depth += 1
    guard depth <= Self.greatestDepth else { throw error("more than \(Self.greatestDepth) levels") }
  }

  // MARK: Values

  /// The kind of the next value.
  package mutating func kind() throws -> Kind {
    tokens.skipSpace()
    guard let byte = tokens.stream.peek() else { throw error("expected a value, found the end") }
    switch byte {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error("expected a value, found \(tokens.found)")
    }
  }

  /// Reads `null`, if it is next.
  package mutating func takeNull() throws -> Bool {
    guard try kind() == .null else { return false }
    try tokens.takeWord("null")
    return true
  }

  /// A string.
  package mutating func string() throws -> String {
    try takeString()
    return try tokens.text()
  }

  /// A whole number; one with a fraction of zero counts.
  package mutating func integer() throws -> Int {
    try takeNumber()
    if let value = tokens.token.withUnsafeBufferPointer({ ByteText.integer($0) }) { return value }
    guard let value = decimal, let whole = Int(exactly: value) else {
      throw numberMismatch("a whole number")
    }
    return whole
  }

  /// A number.
  package mutating func double() throws -> Double {
    try takeNumber()
    guard let decimal else { throw error("the number '\(shownToken)'\(forKey) is out of range") }
    return decimal
  }

  /// The bytes of a number, as they stand in the file; valid during the call.
  package mutating func number<Result>(_ use: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
    try takeNumber()
    return try tokens.token.withUnsafeBufferPointer(use)
  }

  /// `true` or `false`.
  package mutating func bool() throws -> Bool {
    guard try kind() == .bool else { throw mismatch("true or false") }
    let value = tokens.stream.peek() == UInt8(ascii: "t")
    try tokens.takeWord(value ? "true" : "false")
    return value
  }

  /// A string, or `nil` for `null`.
  package mutating func optionalString() throws -> String? { try takeNull() ? nil : string() }

  /// A whole number, or `nil` for `null`.
  package mutating func optionalInteger() throws -> Int? { try takeNull() ? nil : integer() }

  /// A number, or `nil` for `null`.
  package mutating func optionalDouble() throws -> Double? { try takeNull() ? nil : double() }

  /// All numbers of an array.
  package mutating func integers() throws -> [Int] {
    var values: [Int] = []
    try readArray { values.append(try $0.integer()) }
    return values
  }

  /// All numbers of an array.
  package mutating func doubles() throws -> [Double] {
    var values: [Double] = []
    try readArray { values.append(try $0.double()) }
    return values
  }

  /// A value of any kind as a tree; equal names in an object are an error.
  mutating func value() throws -> JSONValue {
    switch try kind() {
    case .object:
      var object = JSONObject()
      try readObject(isStrict: true) { json, key in object[key] = try json.value() }
      return .object(object)
    case .array:
      var elements: [JSONValue] = []
      try readArray { elements.append(try $0.value()) }
      return .array(elements)
    case .string: return .string(try string())
    case .number:
      if try tokens.takeNumber(), let value = Int(String(decoding: tokens.token, as: UTF8.self)) {
        return .integer(value)
      }
      guard let decimal else { throw error("the number '\(shownToken)'\(forKey) is out of range") }
      return .number(decimal)
    case .bool: return .bool(try bool())
    case .null:
      try tokens.takeWord("null")
      return .null
    }
  }

  /// Skips a value of any kind.
  package mutating func skipValue() throws {
    switch try kind() {
    case .object: try readObject { json, _ in try json.skipValue() }
    case .array: try readArray { try $0.skipValue() }
    case .string: try tokens.takeText()
    case .number: try tokens.takeNumber()
    case .bool: _ = try bool()
    case .null: try tokens.takeWord("null")
    }
  }

  private mutating func takeNumber() throws {
    guard try kind() == .number else { throw mismatch("a number") }
    try tokens.takeNumber()
  }

  private mutating func takeString() throws {
    guard try kind() == .string else { throw mismatch("text in quotes") }
    try tokens.takeText()
  }

  /// The last number; nil when it is out of range.
  private var decimal: Double? { tokens.token.withUnsafeBufferPointer { ByteText.decimal($0) } }

  private var shownToken: String { String(decoding: tokens.token.prefix(40), as: UTF8.self) }

  // MARK: Errors

  /// The name that the next value has in its object, for errors.
  private var forKey: String { keys.last.map { " for '\(printable($0))'" } ?? "" }

  /// The error for a value of another kind than expected, with the name of the member.
  package mutating func mismatch(_ expected: String) -> SerializationError {
    error("expected \(expected)\(forKey), found \(tokens.found)")
  }

  /// The error for the number that was read last, where something else was expected.
  package func numberMismatch(_ expected: String) -> SerializationError {
    error("expected \(expected)\(forKey), found '\(shownToken)'")
  }

  /// An error at the next byte.
  package func error(_ problem: String) -> SerializationError { tokens.error(problem) }
}
