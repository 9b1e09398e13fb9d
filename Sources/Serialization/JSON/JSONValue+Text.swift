extension JSONValue {
  /// Reads one JSON value.
  ///
  /// Equal names in an object, more than 128 levels, and anything after the value are errors.
  ///
  /// - Throws: `SerializationError.malformed` with line and column.
  public init(parsing text: String, from path: String = "JSON") throws {
    var text = text
    self = try text.withUTF8 { try JSONValue(parsing: UnsafeRawBufferPointer($0), from: path) }
  }

  /// Reads one JSON value from UTF-8, like `init(parsing:)` from text.
  ///
  /// - Throws: `SerializationError.malformed` with line and column.
  public init(parsing bytes: UnsafeRawBufferPointer, from path: String = "JSON") throws {
    var reader = JSONReader(strict: ByteStream(borrowing: bytes, name: path))
    self = try reader.value()
    try reader.finish()
  }

  /// The value on one line.
  public var compactText: String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// The value over several lines, two spaces a level, with a line end at the end. Lists of plain values stay on one line.
  public var indentedText: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text + "\n"
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += Self.text(of: value)
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      let oneLine = indentation == nil || elements.allSatisfy(\.isPlain)
      Self.write(elements.count, brackets: ("[", "]"), indentation: oneLine ? nil : indentation, to: &text) {
        elements[$0].write(to: &$1, indentation: indentation.map { $0 + 1 })
      }
    case .object(let object):
      let members = object.members
      Self.write(members.count, brackets: ("{", "}"), indentation: indentation, to: &text) {
        Self.write(members[$0].key, to: &$1)
        $1 += ": "
        members[$0].value.write(to: &$1, indentation: indentation.map { $0 + 1 })
      }
    }
  }

  private static func write(
    _ count: Int, brackets: (String, String), indentation: Int?, to text: inout String,
    element: (Int, inout String) -> Void
  ) {
    text += brackets.0
    for index in 0..<count {
      if index > 0 { text += indentation == nil ? ", " : "," }
      if let indentation { text += "\n" + String(repeating: "  ", count: indentation + 1) }
      element(index, &text)
    }
    if let indentation, count > 0 { text += "\n" + String(repeating: "  ", count: indentation) }
    text += brackets.1
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "\"NaN\"" }
    if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
    return value.description
  }

  /// Control and formatting characters, which would move the cursor of a terminal or reverse its reading direction.
  private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: true
    default: false
    }
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where isEscaped(scalar):
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
