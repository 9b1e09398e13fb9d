import FileAccess

/// Relative paths of many files: each folder is kept once, each file name in one block.
///
/// A record takes the bytes of its file name and 8 more.
struct PathTable: Sendable {
  /// The folders, such as `train/airfield`; the empty text stands for none.
  private(set) var folders: [String] = []
  private var folderOfRecord: [UInt32] = []
  private var names = TextArena()
  /// By bytes: as strings, two folders whose names look alike (an accent as a letter of its own) would be one.
  private var known: [[UInt8]: UInt32] = [:]
  private var lastFolder: (bytes: [UInt8], index: UInt32)?

  /// Whether any path has letters beyond ASCII.
  private(set) var hasNonASCII = false

  /// The number of paths.
  var count: Int { folderOfRecord.count }

  /// Bytes of memory.
  var storedBytes: Int { names.storedBytes + 4 * count + folders.map { 48 + $0.utf8.count }.reduce(0, +) }

  /// Adds a path with its folders.
  ///
  /// - Throws: `DataSourceError.tooManyNames`.
  mutating func append(_ path: UnsafeBufferPointer<UInt8>) throws {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else {
      return try append(name: path, folder: UnsafeBufferPointer(rebasing: path[..<0]))
    }
    try append(
      name: UnsafeBufferPointer(rebasing: path[(slash + 1)...]), folder: UnsafeBufferPointer(rebasing: path[..<slash]))
  }

  /// Adds a path with its folders.
  mutating func append(_ path: String) throws { try path.withSystemBytes { try append($0) } }

  private mutating func append(name: UnsafeBufferPointer<UInt8>, folder: UnsafeBufferPointer<UInt8>) throws {
    let index = index(ofFolder: folder)
    if !hasNonASCII { hasNonASCII = name.contains { $0 >= 0x80 } || folder.contains { $0 >= 0x80 } }
    try names.append(name)
    folderOfRecord.append(index)
  }

  private mutating func index(ofFolder bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    // Most lists keep the files of a folder together.
    if let lastFolder, lastFolder.bytes.count == bytes.count, lastFolder.bytes.elementsEqual(bytes) {
      return lastFolder.index
    }
    let key = Array(bytes)
    let index = known[key] ?? UInt32(folders.count)
    if index == folders.count {
      folders.append(String(systemBytes: bytes))
      known[key] = index
    }
    lastFolder = (key, index)
    return index
  }

  /// Frees memory that only adding needs.
  mutating func finish() {
    known = [:]
    lastFolder = nil
    names.shrink()
    folderOfRecord = Array(folderOfRecord)
  }

  /// The whole path.
  subscript(index: Int) -> String {
    let folder = folders[Int(folderOfRecord[index])]
    return folder.isEmpty ? names[index] : folder + "/" + names[index]
  }

  /// The index of the folder of a path in `folders`.
  func folderIndex(of index: Int) -> Int { Int(folderOfRecord[index]) }

  /// The last part of a folder's path.
  static func lastPart(of folder: String) -> Substring {
    folder.utf8.lastIndex(of: UInt8(ascii: "/")).map { folder[folder.utf8.index(after: $0)...] } ?? folder[...]
  }
}
