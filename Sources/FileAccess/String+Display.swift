extension String {
  /// The text with every control and formatting character written as an escape (`\n`, `\t`, `\u{1b}`), so that a name from a file
  /// can neither move the cursor, colour the terminal, nor reverse the reading direction. Bytes that are no UTF-8 are written as `\xe9`.
  public var escapedForDisplay: String {
    guard unicodeScalars.contains(where: Self.isEscaped) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case let scalar where scalar.foreignByte != nil: text += "\\x\(String(scalar.value & 0xFF, radix: 16))"
      case let scalar where Self.isEscaped(scalar): text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    if scalar.foreignByte != nil { return true }
    switch scalar.properties.generalCategory {
    // Joiners and variation selectors belong to emoji and to several scripts; they are left as they are.
    case .format: return scalar.value != 0x200c && scalar.value != 0x200d
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}
