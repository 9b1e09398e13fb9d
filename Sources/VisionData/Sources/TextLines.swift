import ImageCodecs

/// The lines of a text file, with their numbers.
enum TextLines {
  /// All lines, numbered from 1, without `\r`, trailing blanks and a byte order mark. Blank lines come as empty strings.
  ///
  /// - Throws: `DataSourceError.badLine` where the bytes are not UTF-8.
  static func read(_ file: String) throws -> [(number: Int, text: String)] {
    var bytes = try FileBytes.read(file, limit: 1 << 30)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    var lines = try bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().map { index, line in
      let end = line.lastIndex { $0 != 0x0D && $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? line.startIndex
      guard let text = String(validating: line[..<end], as: UTF8.self) else {
        throw DataSourceError.badLine(file: file, line: index + 1, problem: "this is not UTF-8 text")
      }
      return (number: index + 1, text: text)
    }
    if lines.last?.text.isEmpty == true { lines.removeLast() }
    return lines
  }
}
