/// The entries of a zip archive whose members are stored uncompressed, as `torch.save` writes them (zip64 included).
///
/// Checksums are not compared: PyTorch has an option to leave them out.
struct ZipArchive {
  let file: FileContents
  /// The range of the bytes of each entry in the file.
  private(set) var entries: [String: Range<Int>] = [:]
  /// Entries that are compressed or encrypted; `torch.save` writes none, saved programs have some.
  private(set) var unreadable: Set<String> = []

  private static let endRecordSize = 22
  private static let greatestCommentLength = 65_535

  init(_ file: FileContents) throws {
    self.file = file
    let directory = try Self.findDirectory(in: file)
    var reader = ByteReader(file, from: directory.start, to: directory.end)
    for _ in 0..<directory.entryCount {
      let (name, range) = try Self.readEntry(&reader, in: file)
      let isNew = unreadable.contains(name) == false && entries[name] == nil
      guard isNew else { throw reader.malformed("the zip entry '\(printable(name))' stands twice") }
      if let range { entries[name] = range } else { unreadable.insert(name) }
    }
  }

  /// The names of all entries.
  var names: Set<String> { unreadable.union(entries.keys) }

  /// The bytes of an entry, which live as long as the file.
  func bytes(of name: String) -> UnsafeRawBufferPointer? {
    entries[name].map { UnsafeRawBufferPointer(rebasing: file.bytes[$0]) }
  }

  private struct Directory {
    var start: Int
    var end: Int
    var entryCount: Int
  }

  /// Finds the end record, which lies at the end of the file before an optional comment.
  private static func findDirectory(in file: FileContents) throws -> Directory {
    let first = max(0, file.count - endRecordSize - greatestCommentLength)
    var position = file.count - endRecordSize
    while position >= first {
      if file.bytes.load(UInt32.self, at: position) == 0x0605_4B50 { break }
      position -= 1
    }
    guard position >= first else {
      throw SerializationError.malformed(path: file.path, reason: "the zip archive has no end; the file is cut off")
    }
    var reader = ByteReader(file, from: position + 4, to: file.count)
    try reader.skip(6)
    let entryCount = Int(try reader.read(UInt16.self))
    let size = Int(try reader.read(UInt32.self))
    let start = Int(try reader.read(UInt32.self))
    if entryCount == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
      return try findLargeDirectory(in: file, endRecord: position)
    }
    return try checked(start: start, size: size, entryCount: entryCount, file: file)
  }

  private static func findLargeDirectory(in file: FileContents, endRecord: Int) throws -> Directory {
    var locator = ByteReader(file, from: endRecord - 20, to: endRecord)
    try locator.expect(0x0706_4B50, "zip64 end locator")
    try locator.skip(4)
    let place = try locator.readLength()
    var reader = ByteReader(file, from: place, to: endRecord)
    try reader.expect(0x0606_4B50, "zip64 end record")
    try reader.skip(28)
    let entryCount = try reader.readLength()
    let size = try reader.readLength()
    return try checked(start: try reader.readLength(), size: size, entryCount: entryCount, file: file)
  }

  private static func checked(start: Int, size: Int, entryCount: Int, file: FileContents) throws -> Directory {
    // An entry of the directory has at least 46 bytes, so the count is bounded by the size of the file.
    guard start <= file.count, size <= file.count - start, entryCount <= size / 46 else {
      throw SerializationError.malformed(path: file.path, reason: "the zip directory lies outside the file")
    }
    return Directory(start: start, end: start + size, entryCount: entryCount)
  }

  private static func readEntry(_ reader: inout ByteReader, in file: FileContents) throws -> (String, Range<Int>?) {
    try reader.expect(0x0201_4B50, "zip directory entry")
    try reader.skip(4)
    let flags = try reader.read(UInt16.self)
    let method = try reader.read(UInt16.self)
    try reader.skip(8)
    var sizes = ZipSizes(
      compressed: Int(try reader.read(UInt32.self)), original: Int(try reader.read(UInt32.self)), offset: 0)
    let nameLength = Int(try reader.read(UInt16.self))
    let extraLength = Int(try reader.read(UInt16.self))
    let commentLength = Int(try reader.read(UInt16.self))
    try reader.skip(8)
    sizes.offset = Int(try reader.read(UInt32.self))
    let name = try reader.readText(nameLength)
    try sizes.readExtra(try reader.sub(extraLength))
    try reader.skip(commentLength)
    guard method == 0, flags & 1 == 0, sizes.compressed == sizes.original else { return (name, nil) }
    return (name, try dataRange(of: name, sizes: sizes, in: file))
  }

  /// The data follow the local header, whose name and extra field may have other lengths than in the directory.
  private static func dataRange(of name: String, sizes: ZipSizes, in file: FileContents) throws -> Range<Int> {
    var local = ByteReader(file, from: sizes.offset, to: file.count)
    try local.expect(0x0403_4B50, "zip entry")
    try local.skip(22)
    let nameLength = Int(try local.read(UInt16.self))
    let extraLength = Int(try local.read(UInt16.self))
    try local.skip(nameLength + extraLength)
    let start = local.position
    guard sizes.original <= file.count - start else {
      throw local.malformed("the zip entry '\(printable(name))' reaches beyond the end; the file is cut off")
    }
    return start..<start + sizes.original
  }
}

/// Sizes and offset of a zip entry; values beyond 32 bits are in the zip64 extra field.
private struct ZipSizes {
  var compressed: Int
  var original: Int
  var offset: Int

  mutating func readExtra(_ extra: ByteReader) throws {
    var extra = extra
    while extra.remaining >= 4 {
      let tag = try extra.read(UInt16.self)
      var field = try extra.sub(Int(try extra.read(UInt16.self)))
      guard tag == 1 else { continue }
      if original == 0xFFFF_FFFF { original = try field.readLength() }
      if compressed == 0xFFFF_FFFF { compressed = try field.readLength() }
      if offset == 0xFFFF_FFFF { offset = try field.readLength() }
    }
  }
}
