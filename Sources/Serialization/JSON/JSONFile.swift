/// JSON files, replaced in one step.
public enum JSONFile {
  /// Replaces the file by the value, indented.
  ///
  /// - Throws: `SerializationError.cannotWrite`, or an error of the value's own encoding.
  public static func write(_ value: some Encodable, to path: String) throws {
    try AtomicFile.write(JSONValue(encoding: value).indentedText, to: path)
  }

  /// Reads a value of the type.
  ///
  /// - Throws: `SerializationError.cannotRead`, or `.malformed` with line and column or the name of the member.
  public static func read<T: Decodable>(_ type: T.Type, from path: String) throws -> T {
    let file = try FileContents(path)
    return try withExtendedLifetime(file) { try JSONValue(parsing: file.bytes, from: path) }.decode(type, from: path)
  }
}
