/// A piece of HTML or SVG. Text and attributes are escaped here and nowhere else.
public struct Markup: Sendable, Equatable {
  /// The source text.
  public let source: String

  private init(source: String) { self.source = source }

  /// Nothing.
  public static let empty = Markup(source: "")

  /// Plain text, escaped.
  public static func text(_ text: String) -> Markup { Markup(source: escaped(text)) }

  /// An element with attributes and contents; names of elements and attributes come from code, never from data.
  public static func element(
    _ name: StaticString, _ attributes: [(String, String)] = [], _ contents: [Markup] = []
  ) -> Markup {
    let written = attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
    let inner = contents.map(\.source).joined()
    return Markup(source: "<\(name)\(written)>\(inner)</\(name)>")
  }

  /// An HTML element without contents and end, such as `img` or `meta`.
  static func void(_ name: StaticString, _ attributes: [(String, String)]) -> Markup {
    Markup(source: "<\(name)\(attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined())>")
  }

  /// A style sheet of this package. It is not escaped, so it takes fixed text only.
  static func style(_ sheet: StaticString) -> Markup { Markup(source: "<style>\n\(sheet)</style>") }

  /// Pieces one after the other.
  public static func joined(_ parts: [Markup]) -> Markup { Markup(source: parts.map(\.source).joined(separator: "\n")) }

  /// The whole page.
  static func document(_ contents: Markup) -> String { "<!DOCTYPE html>\n" + contents.source + "\n" }

  /// Characters with a meaning in HTML become references; control characters, which no document may hold, become U+FFFD.
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
