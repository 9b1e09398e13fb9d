import Crypto
import FileAccess
import Foundation

/// The SHA-256 of a file or of bytes.
public struct FileDigest: Sendable, Hashable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public let hexadecimal: String

  /// The digest of a file, read in pieces.
  ///
  /// - Throws: `SerializationError.cannotRead`.
  public init(of path: String) throws {
    let file = try InputFile.opened(path)
    var hash = SHA256()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    do throws(InputFileError) {
      var position = 0
      while true {
        let count = try file.read(at: position, into: piece)
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        position += count
        if count < piece.count { break }
      }
    } catch { throw SerializationError(error) }
    hexadecimal = Self.text(hash.finalize())
  }

  /// The digest of bytes in memory.
  public init(bytes: some Sequence<UInt8>) {
    hexadecimal = Self.text(SHA256.hash(data: Array(bytes)))
  }

  /// The hexadecimal digits.
  public var description: String { hexadecimal }

  private static func text(_ digest: SHA256.Digest) -> String {
    digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}
