import Foundation

/// Writes files that must not exist yet.
enum NewFile {
  /// - Throws: `DataSourceError.exists`, or `.unwritable` with the system's reason.
  static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// - Throws: as above.
  static func write(_ bytes: [UInt8], to path: String) throws {
    // "x": the check and the creation are one step, so that two programs cannot both pass the check.
    guard let file = fopen(path, "wbx") else {
      if errno == EEXIST { throw DataSourceError.exists(path: path) }
      throw DataSourceError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    let written = fwrite(bytes, 1, bytes.count, file)
    let code = errno
    guard fclose(file) == 0, written == bytes.count else {
      unlink(path)
      throw DataSourceError.unwritable(
        path: path, reason: String(cString: strerror(written == bytes.count ? errno : code)))
    }
  }

  /// Makes a folder and what lies above it.
  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw DataSourceError.unwritable(path: path, reason: (error as NSError).localizedDescription)
    }
  }
}
