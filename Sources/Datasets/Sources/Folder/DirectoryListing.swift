import FileAccess
import Foundation

/// The files and folders in a folder, in byte-wise order, without those that `FolderReader` skips.
struct DirectoryListing {
  private(set) var files: [String] = []
  private(set) var folders: [String] = []
  /// Hidden folders, system folders, dangling links and the like.
  private(set) var leftOut = LeftOutFiles()

  /// Lists a folder; links count as what they lead to.
  ///
  /// - Throws: `DataSourceError.missing`, `.notAFolder` or `.unreadable`.
  init(of folder: String) throws {
    try FolderReader.forEach(in: folder) { name, kind in
      let name = String(systemBytes: name)
      switch kind {
      case .file: files.append(name)
      case .folder, .linkedFolder: folders.append(name)
      case .leftOut(let reason): leftOut.add(reason, name)
      }
    }
    files.sort(by: ClassOrder.precedes)
    folders.sort(by: ClassOrder.precedes)
  }

  static func isFolder(_ path: String) -> Bool { FileKind(of: path) == .folder }
  static func isFile(_ path: String) -> Bool { FileKind(of: path) == .regular }
}
