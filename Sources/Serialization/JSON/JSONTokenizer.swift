/// Reads the tokens of JSON (RFC 8259) from a stream of bytes: words, numbers, strings, and white space.
///
/// The only implementation of their grammar. Errors name file, line and column of the wrong byte.
struct JSONTokenizer: ~Copyable {
  var stream: ByteStream
  /// The bytes of the last number or string; a string without quotes and escapes.
  private(set) var token: [UInt8] = []
  private static let greatestDigitCount = 400

  init(_ stream: consuming ByteStream) { self.stream = stream }

  mutating func skipSpace() {
    while let byte = stream.peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { stream.skip() }
  }

  /// Reads a bracket, comma or colon after white space, if it is next.
  mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    return stream.take(byte)
  }

  /// Reads `true`, `false` or `null`.
  mutating func takeWord(_ word: StaticString) throws {
    for index in 0..<word.utf8CodeUnitCount where !stream.take(word.utf8Start[index]) {
      throw error("expected '\(word)', found \(found)")
    }
  }

  // MARK: Numbers

  /// Reads a number.
  ///
  /// - Returns: whether it has neither fraction nor exponent.
  @discardableResult
  mutating func takeNumber() throws -> Bool {
    token.removeAll(keepingCapacity: true)
    var isInteger = true
    takeIntoToken(UInt8(ascii: "-"))
    if !takeIntoToken(UInt8(ascii: "0")) { try takeDigits() }
    if takeIntoToken(UInt8(ascii: ".")) {
      isInteger = false
      try takeDigits()
    }
    if takeIntoToken(UInt8(ascii: "e")) || takeIntoToken(UInt8(ascii: "E")) {
      isInteger = false
      if !takeIntoToken(UInt8(ascii: "+")) { takeIntoToken(UInt8(ascii: "-")) }
      try takeDigits()
    }
    return isInteger
  }

  @discardableResult
  private mutating func takeIntoToken(_ byte: UInt8) -> Bool {
    guard stream.take(byte) else { return false }
    token.append(byte)
    return true
  }

  private mutating func takeDigits() throws {
    let start = token.count
    while let byte = stream.peek(), byte &- 0x30 <= 9 {
      token.append(byte)
      stream.skip()
    }
    guard token.count > start else { throw error("expected a digit, found \(found)") }
    guard token.count <= Self.greatestDigitCount else {
      throw error("a number with more than \(Self.greatestDigitCount) digits")
    }
  }

  // MARK: Strings

  /// The last string.
  func text() throws -> String {
    // Most strings are ASCII, which is valid UTF-8; the general check is several times slower.
    if token.allSatisfy({ $0 < 0x80 }) { return String(decoding: token, as: UTF8.self) }
    guard let text = String(validating: token, as: UTF8.self) else { throw error("text that is not UTF-8") }
    return text
  }

  /// Reads a string whose opening quote is next.
  mutating func takeText() throws {
    stream.skip()
    token.removeAll(keepingCapacity: true)
    while true {
      while true {
        let run = stream.takeRun { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 }
        guard !run.isEmpty else { break }
        token.append(contentsOf: run)
      }
      switch stream.peek() {
      case UInt8(ascii: "\""): return stream.skip()
      case UInt8(ascii: "\\"): try takeEscape()
      case nil: throw error("text without its closing quote")
      default: throw error("a control character in text")
      }
    }
  }

  private mutating func takeEscape() throws {
    stream.skip()
    switch stream.next() {
    case UInt8(ascii: "\""): token.append(0x22)
    case UInt8(ascii: "\\"): token.append(0x5C)
    case UInt8(ascii: "/"): token.append(0x2F)
    case UInt8(ascii: "b"): token.append(8)
    case UInt8(ascii: "f"): token.append(12)
    case UInt8(ascii: "n"): token.append(10)
    case UInt8(ascii: "r"): token.append(13)
    case UInt8(ascii: "t"): token.append(9)
    case UInt8(ascii: "u"): token.append(contentsOf: String(Character(try unicodeEscape())).utf8)
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

  /// The next byte in words.
  var found: String {
    mutating get {
      guard let byte = stream.peek() else { return "the end" }
      return 0x20..<0x7F ~= byte ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
  }

  /// An error at the next byte.
  func error(_ reason: String) -> SerializationError {
    let (line, column) = stream.position
    return .malformed(path: stream.name, place: "line \(line), column \(column)", reason: reason)
  }
}
