/// The lines of a text file, with their numbers.
package enum TextLines {
  /// The largest list that is read: 1 GiB, some ten million lines.
  package static let sizeLimit = 1 << 30

  /// All lines, numbered from 1, without `\r`, trailing blanks and a byte order mark. Blank lines come as empty strings. Lines end with
  /// `\n`, or with `\r` in a file that has no `\n`.
  ///
  /// - Throws: `SerializationError.malformed` where the bytes are not UTF-8.
  package static func read(_ file: String) throws -> [(number: Int, text: String)] {
    var lines: [(number: Int, text: String)] = []
    try forEach(in: file) { number, line in lines.append((number, String(decoding: line, as: UTF8.self))) }
    if lines.last?.text.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Calls `body` with each line as bytes, as `read` does; the bytes are UTF-8 and valid during the call only.
  ///
  /// - Throws: `SerializationError.malformed` where the bytes are not UTF-8; what `body` throws.
  package static func forEach(in file: String, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try TextFile.bytes(file, limit: sizeLimit).withUnsafeBufferPointer { bytes in
      let lineEnd: UInt8 = memoryIndex(of: 0x0A, in: bytes) == nil ? 0x0D : 0x0A
      var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
      var number = 1
      while true {
        let end = memoryIndex(of: lineEnd, in: rest)
        let line = ByteText.trimmingEnd(UnsafeBufferPointer(rebasing: rest[..<(end ?? rest.count)]))
        guard isText(line) else {
          throw SerializationError.malformed(
            path: file, place: "line \(number)", reason: "this is not UTF-8 text; save the file as UTF-8")
        }
        try body(number, line)
        guard let end else { return }
        rest = UnsafeBufferPointer(rebasing: rest[(end + 1)...])
        number += 1
      }
    }
  }

  /// Whether bytes are UTF-8; nearly all lines are ASCII, which is checked first.
  package static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
  }
}
