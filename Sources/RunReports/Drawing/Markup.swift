/// A fragment of HTML or SVG. Text and attributes are escaped here and nowhere else.
public struct Markup: Sendable, Equatable {
  /// The source text.
  public let source: String

  private init(source: String) { self.source = source }

  /// An empty fragment.
  public static let empty = Markup(source: "")

  /// Plain text, escaped.
  public static func text(_ text: String) -> Markup { Markup(source: escaped(text)) }

  /// An element with attributes and contents. Names are not escaped: they come from code, never from data.
  public static func element(
    _ name: StaticString, _ attributes: [(String, String)] = [], _ contents: [Markup] = []
  ) -> Markup {
    let written = attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
    let inner = contents.map(\.source).joined()
    return Markup(source: "<\(name)\(written)>\(inner)</\(name)>")
  }

  /// A void HTML element, such as `img` or `meta`.
  static func void(_ name: StaticString, _ attributes: [(String, String)]) -> Markup {
    Markup(source: "<\(name)\(attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined())>")
  }

  /// A style sheet. It is not escaped, so it must be a literal.
  static func style(_ sheet: StaticString) -> Markup { Markup(source: "<style>\n\(sheet)</style>") }

  /// The concatenation of fragments.
  public static func joined(_ parts: [Markup]) -> Markup { Markup(source: parts.map(\.source).joined(separator: "\n")) }

  /// The whole page.
  static func document(_ contents: Markup) -> String { "<!DOCTYPE html>\n" + contents.source + "\n" }

  /// Special characters of HTML become character references; control characters, which HTML forbids, become U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t", "\r": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
