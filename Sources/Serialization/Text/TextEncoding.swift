/// The encoding of a text file, found from its first bytes.
enum TextEncoding: Sendable, Hashable {
  case utf8
  case utf16LittleEndian
  case utf16BigEndian
  case utf32

  /// The encoding by the byte order mark, or by the zero bytes that UTF-16 has beside each ASCII letter.
  init(firstBytes bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      self = .utf32
    } else if bytes.starts(with: [0xFF, 0xFE]) || Self.zeros(in: bytes, at: 1) {
      self = .utf16LittleEndian
    } else if bytes.starts(with: [0xFE, 0xFF]) || Self.zeros(in: bytes, at: 0) {
      self = .utf16BigEndian
    } else {
      self = .utf8
    }
  }

  /// Whether every second byte, from `start` on, is zero, and none of the others.
  private static func zeros(in bytes: [UInt8], at start: Int) -> Bool {
    guard bytes.count >= 4 else { return false }
    return bytes.indices.allSatisfy { (bytes[$0] == 0) == ($0 % 2 == start) }
  }
}
