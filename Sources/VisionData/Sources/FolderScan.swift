import Foundation

/// All files below a folder, without a `String` for each: a set may have millions.
struct FolderScan {
  /// The paths relative to the folder, after a prefix; in no order.
  private(set) var names = TextArena()
  private static let deepest = 32

  /// Lists a folder and what lies below; hidden entries are left out, links count as what they lead to.
  ///
  /// - Throws: `DataSourceError.tooDeep` where links lead round in a circle; `.unreadable`.
  init(_ folder: String, prefix: String) throws {
    try scan(folder, Array(prefix.utf8), depth: 0)
  }

  private mutating func scan(_ folder: String, _ prefix: [UInt8], depth: Int) throws {
    guard depth <= Self.deepest else { throw DataSourceError.tooDeep(path: folder, limit: Self.deepest) }
    guard let stream = opendir(folder) else { throw DirectoryListing.failure(folder, errno) }
    defer { closedir(stream) }
    // The name is read in place: an entry may be shorter in memory than its declared type.
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    var path = prefix
    var folders: [String] = []
    while let entry = readdir(stream) {
      let start = UnsafeRawPointer(entry).advanced(by: nameOffset).assumingMemoryBound(to: UInt8.self)
      guard start[0] != UInt8(ascii: ".") else { continue }
      let name = UnsafeBufferPointer(
        start: start, count: strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)))
      switch DirectoryListing.kind(Int(entry.pointee.d_type), { folder + "/" + String(decoding: name, as: UTF8.self) })
      {
      case .file:
        path.append(contentsOf: name)
        try path.withUnsafeBufferPointer { try names.append($0) }
        path.removeSubrange(prefix.count...)
      case .folder: folders.append(String(decoding: name, as: UTF8.self))
      case .other: break
      }
    }
    for name in folders {
      try scan(folder + "/" + name, prefix + Array(name.utf8) + [UInt8(ascii: "/")], depth: depth + 1)
    }
  }
}
