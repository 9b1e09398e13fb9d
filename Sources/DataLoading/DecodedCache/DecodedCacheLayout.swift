import Crypto
import FileAccess
import Foundation

/// The header of a cache file: its source, and the offset and size of each image.
///
/// All numbers are little-endian. 8 bytes `LTPIXELS`; format (4), shorter edge (4), count (8), digest of the source (64 characters); for
/// each image its offset (8), width (4) and height (4); SHA-256 of all that (32); zeros up to a multiple of 4096; pixels; 64 zeros.
struct DecodedCacheLayout: Equatable {
  /// Where an image lies.
  struct Entry: Equatable {
    let offset: Int
    let width: Int
    let height: Int
    var byteCount: Int { width * height * 3 }
  }

  static let format = 1
  private static let mark = Array("LTPIXELS".utf8)
  private static let fixedBytes = 8 + 4 + 4 + 8 + 64
  private static let checkBytes = 32
  private static let page = 4096
  private static let room = 64  // so that vectors may be read behind the last pixel

  let shorterEdge: Int
  let digest: String
  let entries: [Entry]
  /// The size of the whole file.
  let fileBytes: Int

  /// Lays out images of these sizes one after the other.
  init(shorterEdge: Int, digest: String, sizes: [(width: Int, height: Int)]) {
    var offset = (Self.frontBytes(count: sizes.count) + Self.page - 1) / Self.page * Self.page
    var entries: [Entry] = []
    entries.reserveCapacity(sizes.count)
    for size in sizes {
      let entry = Entry(offset: offset, width: size.width, height: size.height)
      entries.append(entry)
      offset += entry.byteCount
    }
    (self.shorterEdge, self.digest, self.entries, fileBytes) = (shorterEdge, digest, entries, offset + Self.room)
  }

  static func frontBytes(count: Int) -> Int { fixedBytes + count * 16 + checkBytes }

  /// The bytes of the front.
  var front: [UInt8] {
    var bytes = Self.mark
    func add(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    add(UInt32(Self.format))
    add(UInt32(shorterEdge))
    add(UInt64(entries.count))
    bytes += Array(digest.utf8.prefix(64)) + [UInt8](repeating: 32, count: max(64 - digest.utf8.count, 0))
    for entry in entries {
      add(UInt64(entry.offset))
      add(UInt32(entry.width))
      add(UInt32(entry.height))
    }
    return bytes + Array(SHA256.hash(data: bytes))
  }

  /// Reads the front of a file; nil when it is no cache of this format, damaged, or cut short.
  ///
  /// - Throws: `InputFileError`.
  init?(of file: InputFile) throws {
    let start = try file.bytes(first: Self.fixedBytes)
    guard start.count == Self.fixedBytes else { return nil }
    let count = start.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) }
    // A count that is too large for the file is refused below, before memory is taken for it.
    let limit = UInt64(max(file.size - Self.fixedBytes - Self.checkBytes, 0) / 16)
    guard count <= limit else { return nil }
    let front = try file.bytes(first: Self.frontBytes(count: Int(count)))
    self.init(front: front, fileSize: file.size)
  }

  private init?(front: [UInt8], fileSize: Int) {
    guard let layout = front.withUnsafeBytes({ DecodedCacheLayout(front: $0) }), layout.fileBytes == fileSize else {
      return nil
    }
    self = layout
  }

  private init?(front file: UnsafeRawBufferPointer) {
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Int? {
      Int(exactly: Number(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: type)))
    }
    guard file.count >= Self.fixedBytes + Self.checkBytes, file.prefix(8).elementsEqual(Self.mark),
      number(UInt32.self, at: 8) == Self.format, let shorterEdge = number(UInt32.self, at: 12),
      let count = number(UInt64.self, at: 16), count <= (file.count - Self.fixedBytes - Self.checkBytes) / 16
    else { return nil }
    let checked = Self.fixedBytes + count * 16
    guard file[checked..<(checked + Self.checkBytes)].elementsEqual(SHA256.hash(data: file[..<checked])) else {
      return nil
    }
    var sizes: [(width: Int, height: Int)] = []
    sizes.reserveCapacity(count)
    for index in 0..<count {
      let start = Self.fixedBytes + index * 16
      guard let width = number(UInt32.self, at: start + 8), let height = number(UInt32.self, at: start + 12),
        (1...65_500).contains(width), (1...65_500).contains(height)
      else { return nil }
      sizes.append((width, height))
    }
    self.init(shorterEdge: shorterEdge, digest: String(decoding: file[24..<88], as: UTF8.self), sizes: sizes)
  }
}
