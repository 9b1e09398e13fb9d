import FileAccess

/// Opens text files in the encodings that spreadsheets and other systems write: UTF-8 and UTF-16, with or without a byte order mark.
package enum TextFile {
  /// The largest UTF-16 file that is read: 1 GiB.
  private static let sizeLimit = 1 << 30

  /// The text as a stream of UTF-8 bytes; a byte order mark of a UTF-8 file is left at the start.
  ///
  /// - Throws: `InputFileError` if the file cannot be read; `SerializationError.malformed` for UTF-32 or damaged UTF-16.
  package static func stream(_ path: String, partSize: Int = 1 << 18) throws -> ByteStream {
    let encoding = TextEncoding(firstBytes: try InputFile(path).bytes(first: 64))
    guard encoding != .utf8 else { return try ByteStream(contentsOf: path, partSize: partSize) }
    return ByteStream(try decoded(InputFile.bytes(of: path, limit: sizeLimit), encoding, path), name: path)
  }

  /// All bytes of the text in UTF-8.
  ///
  /// - Throws: as `stream`, also when the file is larger than the limit.
  static func bytes(_ path: String, limit: Int) throws -> [UInt8] {
    let bytes = try InputFile.bytes(of: path, limit: limit)
    let encoding = TextEncoding(firstBytes: Array(bytes.prefix(64)))
    return encoding == .utf8 ? bytes : try decoded(bytes, encoding, path)
  }

  private static func decoded(_ bytes: [UInt8], _ encoding: TextEncoding, _ path: String) throws -> [UInt8] {
    func problem(_ text: String) -> SerializationError {
      .malformed(path: path, reason: text + "; save the file as UTF-8")
    }
    guard encoding != .utf32 else { throw problem("this is UTF-32 text") }
    guard bytes.count % 2 == 0 else { throw problem("this is UTF-16 text with half a character at its end") }
    let (high, low) = encoding == .utf16BigEndian ? (0, 1) : (1, 0)
    let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + low]) }
    guard let text = String(validating: units[(units.first == 0xFEFF ? 1 : 0)...], as: UTF16.self) else {
      throw problem("this is damaged UTF-16 text")
    }
    return Array(text.utf8)
  }
}
