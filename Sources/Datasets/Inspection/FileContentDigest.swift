import Crypto
import FileAccess

/// The SHA-256 of the bytes of a file.
struct FileContentDigest: Sendable, Hashable {
  static let byteCount = 32
  private let words: (UInt64, UInt64, UInt64, UInt64)

  init(_ digest: SHA256Digest) {
    words = digest.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
  }

  /// Reads a digest that `withUnsafeBytes` has given.
  init(from bytes: UnsafeRawBufferPointer, at offset: Int) {
    words = bytes.loadUnaligned(fromByteOffset: offset, as: (UInt64, UInt64, UInt64, UInt64).self)
  }

  /// The digest of bytes in memory.
  init(of bytes: [UInt8]) { self.init(SHA256.hash(data: bytes)) }

  /// The digest of an open file, read in parts.
  ///
  /// - Throws: `InputFileError`.
  init(of file: InputFile, using part: UnsafeMutableRawBufferPointer) throws(InputFileError) {
    var hash = SHA256()
    var position = 0
    while true {
      let count = try file.read(at: position, into: part)
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: part[..<count]))
      position += count
      if count < part.count { break }
    }
    self.init(hash.finalize())
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: words, body)
  }

  static func == (left: FileContentDigest, right: FileContentDigest) -> Bool { left.words == right.words }
  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
