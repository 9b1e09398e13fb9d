/// A header block of a tar archive: old, POSIX (ustar) or GNU form.
struct TarHeader {
  static let blockSize = 512

  let name: String
  let size: Int
  /// The kind of member: `0` is a file.
  let type: UInt8

  /// Reads a block.
  ///
  /// - Returns: `nil` for a block of zeros, which ends an archive.
  /// - Throws: `TarProblem`.
  init?(_ block: ArraySlice<UInt8>) throws {
    let block = Array(block)
    guard block.count == Self.blockSize else { throw TarProblem("the archive ends within a header") }
    guard block.contains(where: { $0 != 0 }) else { return nil }
    func text(_ range: Range<Int>) throws -> String {
      guard let text = String(validating: block[range].prefix { $0 != 0 }, as: UTF8.self) else {
        throw TarProblem("a name that is not UTF-8 text")
      }
      return text
    }
    // The checksum is computed with spaces in its own field.
    let sum = block.indices.reduce(0) { $0 + (148..<156 ~= $1 ? 0x20 : Int(block[$1])) }
    guard try Self.number(block[148..<156], "check sum") == sum else {
      throw TarProblem("the check sum of a header is wrong; this is no tar file, or it is damaged")
    }
    size = try Self.number(block[124..<136], "size")
    type = block[156]
    let isPOSIX = block[257..<263].elementsEqual("ustar\0".utf8)
    let prefix = isPOSIX ? try text(345..<500) : ""
    name = (prefix.isEmpty ? "" : prefix + "/") + (try text(0..<100))
  }

  /// Octal digits between blanks and zeros, or, with the top bit set, a binary number (GNU).
  private static func number(_ field: ArraySlice<UInt8>, _ what: String) throws -> Int {
    let bytes = Array(field)
    if let first = bytes.first, first & 0x80 != 0 {
      guard first == 0x80, bytes.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else {
        throw TarProblem("a \(what) out of range")
      }
      return bytes.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = bytes.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
    guard digits.allSatisfy({ 0x30...0x37 ~= $0 }) else { throw TarProblem("a \(what) that is no octal number") }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}

/// Why a header is malformed.
struct TarProblem: Error {
  let text: String
  init(_ text: String) { self.text = text }
}
