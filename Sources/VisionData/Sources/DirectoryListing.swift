import Foundation

/// What a folder holds, without hidden entries, in byte-wise order.
struct DirectoryListing {
  private(set) var files: [String] = []
  private(set) var folders: [String] = []

  /// Lists a folder; links count as what they lead to, anything else (sockets, dangling links) is left out.
  ///
  /// - Throws: `DataSourceError.missing`, `.notAFolder` or `.unreadable`.
  init(of folder: String) throws {
    guard let stream = opendir(folder) else { throw Self.failure(folder, errno) }
    defer { closedir(stream) }
    // The name is read in place: an entry may be shorter in memory than its declared type.
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    while let entry = readdir(stream) {
      let start = UnsafeRawPointer(entry).advanced(by: nameOffset)
      let name = String(cString: start.assumingMemoryBound(to: CChar.self))
      if name.hasPrefix(".") { continue }
      switch Self.kind(Int(entry.pointee.d_type), { folder + "/" + name }) {
      case .file: files.append(name)
      case .folder: folders.append(name)
      case .other: break
      }
    }
    files.sort(by: ClassOrder.precedes)
    folders.sort(by: ClassOrder.precedes)
  }

  static func isFolder(_ path: String) -> Bool { kind(of: path) == .folder }
  static func isFile(_ path: String) -> Bool { kind(of: path) == .file }

  enum Kind { case file, folder, other }

  static func kind(_ stated: Int, _ path: () -> String) -> Kind {
    // The listing usually states the kind, which saves a system call for each of perhaps a million files.
    if stated == Int(DT_REG) { return .file }
    if stated == Int(DT_DIR) { return .folder }
    return kind(of: path())
  }

  private static func kind(of path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .other }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  static func failure(_ path: String, _ code: Int32) -> DataSourceError {
    switch code {
    case ENOENT: .missing(path: path)
    case ENOTDIR: .notAFolder(path: path)
    default: .unreadable(path: path, reason: String(cString: strerror(code)))
    }
  }
}
