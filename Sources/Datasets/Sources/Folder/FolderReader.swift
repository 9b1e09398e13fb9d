import FileAccess
import Foundation

/// Reads the entries of one folder, and decides for all callers which of them are skipped.
enum FolderReader {
  /// The kind of an entry.
  enum Kind: Sendable, Hashable {
    /// A file, or a link to one.
    case file
    /// A folder.
    case folder
    /// A link to a folder.
    case linkedFolder
    /// An entry that is skipped.
    case leftOut(LeftOutFiles.Reason)
  }

  /// Calls `body` with every entry but `.`, `..` and the small files that systems keep in every folder; in no order.
  ///
  /// The bytes of the name are valid during the call only.
  ///
  /// - Throws: `DataSourceError.missing`, `.notAFolder` or `.unreadable`; what `body` throws.
  static func forEach(in folder: String, _ body: (UnsafeBufferPointer<UInt8>, Kind) throws -> Void) throws {
    guard let stream = folder.withSystemPath({ opendir($0) }) else { throw failure(folder, errno) }
    defer { closedir(stream) }
    // The name is read in place: an entry may be shorter in memory than its declared type.
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    errno = 0
    while let entry = readdir(stream) {
      let start = UnsafeRawPointer(entry).advanced(by: nameOffset).assumingMemoryBound(to: CChar.self)
      let name = UnsafeRawBufferPointer(start: start, count: strlen(start)).assumingMemoryBound(to: UInt8.self)
      let stated = Int(entry.pointee.d_type)
      if let kind = kind(of: name, stated, in: folder) { try body(name, kind) }
      errno = 0
    }
    guard errno == 0 else { throw failure(folder, errno) }
  }

  static func failure(_ path: String, _ code: Int32) -> DataSourceError {
    switch code {
    case ENOENT: .missing(path: path)
    case ENOTDIR:
      switch FileKind(of: path) {
      case .regular?, nil: .notAFolder(path: path)
      case let kind?: .unreadable(path: path, reason: "it is \(kind), not a folder")
      }
    default: .unreadable(path: path, reason: String(cString: strerror(code)))
    }
  }

  // MARK: Names

  /// Folders that systems and file servers put beside images, in small letters.
  private static let systemFolders: Set<String> = [
    "@eadir", "@recycle", "@recently-snapshot", "@__thumb", "#recycle", "#snapshot", "__macosx", "$recycle.bin",
    "recycler", "system volume information", "lost+found", "__pycache__", "network trash folder", "temporary items",
  ]

  /// Files that operating systems keep in every folder; skipped without notice.
  private static let systemFiles: Set<String> = [
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", ".ds_store", ".directory", ".nomedia",
    ".localized", ".gitignore", ".gitkeep", ".keep",
  ]

  /// Nil for entries that are skipped without notice.
  private static func kind(of name: UnsafeBufferPointer<UInt8>, _ stated: Int, in folder: String) -> Kind? {
    guard let first = name.first, let last = name.last else { return nil }
    let isDot = first == UInt8(ascii: ".")
    if isDot, name.count == 1 || (name.count == 2 && name[1] == first) { return nil }
    // Few names need to be compared: those of folders, and of files as long as the known ones.
    let mayBeSystem = name.count <= 32 && (stated != Int(DT_REG) || isDot || [5, 9, 11, 17].contains(name.count))
    let lowered = mayBeSystem ? String(decoding: name, as: UTF8.self).lowercased() : ""
    if mayBeSystem, systemFiles.contains(lowered) { return nil }
    let isBackup = last == UInt8(ascii: "~")
    let kind = isDot || isBackup ? plainKind(stated, name, folder) : entryKind(stated, name, folder)
    if isDot || isBackup {
      // A hidden file that is no image by its name is skipped without notice.
      let stem = isBackup ? UnsafeBufferPointer(rebasing: name.dropLast()) : name
      return kind == .file && ImageFileName.kind(of: stem) != .image ? nil : .leftOut(.hidden)
    }
    if mayBeSystem, kind == .folder || kind == .linkedFolder, systemFolders.contains(lowered) {
      return .leftOut(.system)
    }
    return kind
  }

  // MARK: Kinds

  /// As `entryKind`, without following a link.
  private static func plainKind(_ stated: Int, _ name: UnsafeBufferPointer<UInt8>, _ folder: String) -> Kind {
    stated == Int(DT_LNK) ? .file : entryKind(stated, name, folder)
  }

  private static func entryKind(_ stated: Int, _ name: UnsafeBufferPointer<UInt8>, _ folder: String) -> Kind {
    // The listing usually states the kind, which saves a system call for each of perhaps a million files.
    if stated == Int(DT_REG) { return .file }
    if stated == Int(DT_DIR) { return .folder }
    let path = folder + "/" + String(systemBytes: name)
    var status = stat()
    guard path.withSystemPath({ stat($0, &status) }) == 0 else {
      return .leftOut(errno == ELOOP ? .repeatedFolder : .danglingLink)
    }
    switch FileKind(mode: status.st_mode) {
    case .regular: return .file
    case .folder:
      guard path.withSystemPath({ lstat($0, &status) }) == 0 else { return .linkedFolder }
      return FileKind(mode: status.st_mode) == .link ? .linkedFolder : .folder
    default: return .leftOut(.special)
    }
  }
}
