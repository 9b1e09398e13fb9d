import FileAccess

/// Reads the headers of a tar archive from start to end: ustar, with the long names of pax and GNU.
package struct TarArchive {
  /// The archive.
  package let path: String
  private let file: InputFile
  private var window: (start: Int, bytes: [UInt8]) = (0, [])
  private static let windowSize = 4096
  /// The largest block of long names and attributes that is read.
  private static let extensionLimit = 1 << 20

  /// Opens an archive.
  ///
  /// - Throws: `InputFileError`.
  package init(_ path: String) throws {
    self.path = path
    file = try InputFile(path)
  }

  /// The regular files of the archive, in order. Folders, links and devices are skipped.
  ///
  /// - Throws: `SerializationError.malformed` with the byte where it is wrong: no tar file, a bad check sum, a member that the file is too short
  ///   for, a sparse member.
  package mutating func members(_ body: (TarMember) throws -> Void) throws {
    var offset = 0
    var (longName, global) = (String?.none, PaxValues())
    var local = PaxValues()
    while offset < file.size {
      guard let header = try header(at: offset) else { return }
      let data = offset + TarHeader.blockSize
      let isExtension = "xgLK".utf8.contains(header.type)
      let size = isExtension ? header.size : local.size ?? global.size ?? header.size
      guard size <= file.size - data else {
        let name = longName ?? local.path ?? header.name
        throw problem(
          offset, "'\(name)' has \(size) bytes, but the archive ends after \(file.size - data); it is cut short")
      }
      switch header.type {
      case UInt8(ascii: "x"): local = try pax(data, size, offset)
      case UInt8(ascii: "g"): global = try pax(data, size, offset)
      case UInt8(ascii: "L"): longName = try longText(data, size, offset)
      case UInt8(ascii: "S"):
        throw problem(offset, "'\(header.name)' is a sparse file; pack the archive without sparse files")
      default:
        let isFile = [0, UInt8(ascii: "0"), UInt8(ascii: "7")].contains(header.type)
        let name = local.path ?? longName ?? global.path ?? header.name
        if isFile, !name.hasSuffix("/") { try body(TarMember(name: name, offset: data, size: size)) }
        if !isExtension { (longName, local) = (nil, PaxValues()) }
      }
      offset = data + (size + TarHeader.blockSize - 1) / TarHeader.blockSize * TarHeader.blockSize
    }
  }

  private mutating func header(at offset: Int) throws -> TarHeader? {
    let end = offset + TarHeader.blockSize
    if offset < window.start || end > window.start + window.bytes.count {
      window = (offset, try file.bytes(at: offset, count: min(Self.windowSize, file.size - offset)))
    }
    let start = offset - window.start
    do {
      return try TarHeader(window.bytes[start..<min(start + TarHeader.blockSize, window.bytes.count)])
    } catch let found as TarProblem {
      throw problem(offset, found.text)
    }
  }

  private func block(_ data: Int, _ size: Int, _ offset: Int) throws -> [UInt8] {
    guard size <= Self.extensionLimit else { throw problem(offset, "a long name of \(size) bytes") }
    return try file.bytes(at: data, count: size)
  }

  private func longText(_ data: Int, _ size: Int, _ offset: Int) throws -> String {
    guard let text = String(validating: try block(data, size, offset).prefix { $0 != 0 }, as: UTF8.self) else {
      throw problem(offset, "a long name that is not UTF-8 text")
    }
    return text
  }

  private func pax(_ data: Int, _ size: Int, _ offset: Int) throws -> PaxValues {
    do {
      return try PaxValues(try block(data, size, offset))
    } catch let found as TarProblem {
      throw problem(offset, found.text)
    }
  }

  private func problem(_ offset: Int, _ text: String) -> SerializationError {
    .malformed(path: path, place: "byte \(offset)", reason: text)
  }
}
