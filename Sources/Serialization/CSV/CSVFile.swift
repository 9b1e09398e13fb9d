/// Comma-separated values (RFC 4180) with `\n` line ends.
public enum CSVFile {
  /// A row with the line at which it starts, from 1.
  public typealias Row = (line: Int, fields: [String])

  /// One line with its end; fields with commas, quotes or line ends are quoted.
  public static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

  /// Replaces the file by the rows.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public static func write(to path: String, header: [String], rows: some Sequence<[String]>) throws {
    try AtomicFile.write(to: path) { sink in
      try sink.write(line(header))
      // Written in pieces of some size: a file may have a million short rows.
      var piece = ""
      for row in rows {
        piece += line(row)
        if piece.utf8.count > 1 << 16 {
          try sink.write(piece)
          piece = ""
        }
      }
      try sink.write(piece)
    }
  }

  /// Reads all rows, the header among them. Line ends may be `\n` or `\r\n`.
  ///
  /// - Throws: `SerializationError.cannotRead`, or `.malformed` for wrong quotes.
  public static func read(_ path: String) throws -> [Row] {
    let file = try FileContents(path)
    return try withExtendedLifetime(file) {
      var reader = CSVReader(ByteStream(borrowing: file.bytes, name: path))
      var rows: [Row] = []
      while try reader.next() { rows.append((reader.line, reader.fields)) }
      return rows
    }
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
