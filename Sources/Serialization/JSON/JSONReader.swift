/// Reads JSON (RFC 8259) piece by piece from a file of any size, so that an annotation file never lies in memory as a tree.
///
/// The caller asks for what it expects; anything else is an error that names file, line and column. What is passed over is checked
/// as strictly as what is read. Names that stand twice in an object are handed over twice.
package struct JSONReader: ~Copyable {
  private var stream: ByteStream
  private var scratch: [UInt8] = []
  private var depth = 0
  /// The names of the objects around the next value, outermost first.
  private var keys: [String] = []
  private static let greatestDepth = 128

  /// Reads from a stream of bytes; a byte order mark is passed over.
  package init(_ stream: consuming ByteStream) {
    self.stream = stream
    if self.stream.peek() == 0xEF {
      for byte: UInt8 in [0xEF, 0xBB, 0xBF] { _ = self.stream.take(byte) }
    }
  }

  /// Reads from a file in UTF-8 or UTF-16.
  package init(contentsOf path: String) throws { self.init(try TextFile.stream(path)) }

  /// The kind of the next value, by its first byte.
  package enum Kind { case object, array, string, number, bool, null }

  // MARK: Objects and arrays

  /// Reads an object; `body` gets each name and must read or pass over its value.
  package mutating func readObject(_ body: (inout JSONReader, String) throws -> Void) throws {
    try enter(UInt8(ascii: "{"), "an object")
    skipSpace()
    if !stream.take(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        guard stream.peek() == UInt8(ascii: "\"") else { throw error("expected a name in quotes, found \(found)") }
        let key = try string()
        skipSpace()
        guard stream.take(UInt8(ascii: ":")) else { throw error("expected ':', found \(found)") }
        keys.append(key)
        try body(&self, key)
        keys.removeLast()
        skipSpace()
      } while stream.take(UInt8(ascii: ","))
      guard stream.take(UInt8(ascii: "}")) else { throw error("expected ',' or '}', found \(found)") }
    }
    depth -= 1
  }

  /// Reads an array; `body` is called before each element and must read or pass over it.
  package mutating func readArray(_ body: (inout JSONReader) throws -> Void) throws {
    try enter(UInt8(ascii: "["), "an array")
    skipSpace()
    if !stream.take(UInt8(ascii: "]")) {
      repeat {
        try body(&self)
        skipSpace()
      } while stream.take(UInt8(ascii: ","))
      guard stream.take(UInt8(ascii: "]")) else { throw error("expected ',' or ']', found \(found)") }
    }
    depth -= 1
  }

  /// Makes sure that nothing follows.
  package mutating func finish() throws {
    skipSpace()
    if stream.peek() == nil { try stream.checkEnd() }
    guard stream.peek() == nil else { throw error("expected the end, found \(found)") }
  }

  private mutating func enter(_ bracket: UInt8, _ name: String) throws {
    skipSpace()
    guard stream.take(bracket) else { throw mismatch(name) }
    depth += 1
    guard depth <= Self.greatestDepth else { throw error("more than \(Self.greatestDepth) levels") }
  }

  // MARK: Values

  /// The kind of the next value.
  package mutating func kind() throws -> Kind {
    skipSpace()
    guard let byte = stream.peek() else { throw error("expected a value, found the end") }
    switch byte {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error("expected a value, found \(found)")
    }
  }

  /// Takes `null`, if it is next.
  package mutating func takeNull() throws -> Bool {
    guard try kind() == .null else { return false }
    try word("null")
    return true
  }

  /// A text.
  package mutating func string() throws -> String {
    try takeString()
    // Most texts are ASCII, for which nothing can be wrong; the general check is several times slower.
    if scratch.allSatisfy({ $0 < 0x80 }) { return String(decoding: scratch, as: UTF8.self) }
    guard let text = String(validating: scratch, as: UTF8.self) else { throw error("text that is not UTF-8") }
    return text
  }

  /// A whole number; one with a fraction of zero counts.
  package mutating func integer() throws -> Int {
    try takeNumber()
    if let value = scratch.withUnsafeBufferPointer({ ByteText.integer($0) }) { return value }
    guard let value = scratch.withUnsafeBufferPointer({ ByteText.decimal($0) }), let whole = Int(exactly: value) else {
      throw numberMismatch("a whole number")
    }
    return whole
  }

  /// A number.
  package mutating func double() throws -> Double {
    try takeNumber()
    guard let value = scratch.withUnsafeBufferPointer({ ByteText.decimal($0) }) else {
      throw error("the number '\(scratchText)'\(forKey) is out of range")
    }
    return value
  }

  /// The bytes of a number, as they stand in the file; valid during the call.
  package mutating func number<Result>(_ use: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
    try takeNumber()
    return try scratch.withUnsafeBufferPointer(use)
  }

  /// `true` or `false`.
  package mutating func bool() throws -> Bool {
    guard try kind() == .bool else { throw mismatch("true or false") }
    let value = stream.peek() == UInt8(ascii: "t")
    try word(value ? "true" : "false")
    return value
  }

  /// A text, or `nil` for `null`.
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

  /// Passes over a value of any kind.
  package mutating func skipValue() throws {
    switch try kind() {
    case .object: try readObject { json, _ in try json.skipValue() }
    case .array: try readArray { try $0.skipValue() }
    case .string: try takeString()
    case .number: try takeNumber()
    case .bool: _ = try bool()
    case .null: try word("null")
    }
  }

  private mutating func word(_ word: StaticString) throws {
    for index in 0..<word.utf8CodeUnitCount where !stream.take(word.utf8Start[index]) {
      throw error("expected '\(word)', found \(found)")
    }
  }

  // MARK: Numbers

  /// Leaves a number that has the grammar of JSON in `scratch`.
  private mutating func takeNumber() throws {
    guard try kind() == .number else { throw mismatch("a number") }
    scratch.removeAll(keepingCapacity: true)
    takeIntoScratch(UInt8(ascii: "-"))
    if !takeIntoScratch(UInt8(ascii: "0")) { try takeDigits() }
    if takeIntoScratch(UInt8(ascii: ".")) { try takeDigits() }
    if takeIntoScratch(UInt8(ascii: "e")) || takeIntoScratch(UInt8(ascii: "E")) {
      if !takeIntoScratch(UInt8(ascii: "+")) { takeIntoScratch(UInt8(ascii: "-")) }
      try takeDigits()
    }
  }

  @discardableResult
  private mutating func takeIntoScratch(_ byte: UInt8) -> Bool {
    guard stream.take(byte) else { return false }
    scratch.append(byte)
    return true
  }

  private mutating func takeDigits() throws {
    let start = scratch.count
    while let byte = stream.peek(), byte &- 0x30 <= 9 {
      scratch.append(byte)
      stream.skip()
    }
    guard scratch.count > start else { throw error("expected a digit, found \(found)") }
    guard scratch.count <= 400 else { throw error("a number with more than 400 digits") }
  }

  private var scratchText: String { String(decoding: scratch.prefix(40), as: UTF8.self) }

  // MARK: Texts

  /// Leaves the bytes of a text in `scratch`, without quotes and escapes.
  private mutating func takeString() throws {
    guard try kind() == .string else { throw mismatch("text in quotes") }
    stream.skip()
    scratch.removeAll(keepingCapacity: true)
    while true {
      while true {
        let run = stream.takeRun { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 }
        guard !run.isEmpty else { break }
        scratch.append(contentsOf: run)
      }
      switch stream.next() {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try takeEscape()
      case nil: throw error("text without its closing quote")
      default: throw error("a control character in text")
      }
    }
  }

  private mutating func takeEscape() throws {
    switch stream.next() {
    case UInt8(ascii: "\""): scratch.append(0x22)
    case UInt8(ascii: "\\"): scratch.append(0x5C)
    case UInt8(ascii: "/"): scratch.append(0x2F)
    case UInt8(ascii: "b"): scratch.append(8)
    case UInt8(ascii: "f"): scratch.append(12)
    case UInt8(ascii: "n"): scratch.append(10)
    case UInt8(ascii: "r"): scratch.append(13)
    case UInt8(ascii: "t"): scratch.append(9)
    case UInt8(ascii: "u"): scratch.append(contentsOf: String(Character(try unicodeEscape())).utf8)
    case nil: throw error("an escape without its character")
    default: throw error("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let first = try hexadecimal()
    guard 0xD800..<0xDC00 ~= first else {
      guard let scalar = Unicode.Scalar(first) else { throw error("half of a surrogate pair") }
      return scalar
    }
    guard stream.take(UInt8(ascii: "\\")), stream.take(UInt8(ascii: "u")) else {
      throw error("half of a surrogate pair")
    }
    let second = try hexadecimal()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = stream.peek(), byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits, found \(found)")
      }
      value = value << 4 | UInt32(digit)
      stream.skip()
    }
    return value
  }

  // MARK: Errors

  private mutating func skipSpace() {
    while let byte = stream.peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { stream.skip() }
  }

  private var found: String {
    mutating get {
      guard let byte = stream.peek() else { return "the end" }
      return 0x20..<0x7F ~= byte ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
  }

  /// The name that the next value has in its object, for errors.
  private var forKey: String { keys.last.map { " for '\($0)'" } ?? "" }

  /// The next value is of another kind than is expected; says which, and the name it stands under.
  package mutating func mismatch(_ expected: String) -> SerializationError {
    error("expected \(expected)\(forKey), found \(found)")
  }

  /// The error for the number that was read last, where something else was expected.
  package func numberMismatch(_ expected: String) -> SerializationError {
    error("expected \(expected)\(forKey), found '\(scratchText)'")
  }

  /// An error at the present place.
  package func error(_ problem: String) -> SerializationError {
    let (line, column) = stream.place
    return .malformed(path: stream.name, place: "line \(line), column \(column)", reason: problem)
  }
}
