import Longtail
import Serialization

extension Console {
  /// Writes a value to standard output as indented JSON.
  public static func output(json value: some Encodable) throws {
    output(try JSONValue(encoding: value).indentedText.trimmingLineEnds)
  }
}
