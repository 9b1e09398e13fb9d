import Foundation
import Longtail
import Serialization

/// Files that a command writes beside its output.
enum OutputFile {
  /// Makes sure that nothing would be written over, before any work is done.
  ///
  /// - Throws: `DataSourceError.exists`.
  static func checkAbsent(_ path: String) throws {
    var status = stat()
    // A broken link counts as present: writing would go through it.
    guard path.withSystemPath({ lstat($0, &status) }) != 0 else { throw DataSourceError.exists(path: path) }
  }

  /// Writes a new file in one step: it is there as a whole, or not at all.
  ///
  /// - Throws: `SerializationError.cannotWrite`, such as for a full disk; `DataSourceError.exists`.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try checkAbsent(path)
    try AtomicFile.write(to: path) { sink in try bytes.withUnsafeBytes { try sink.write($0) } }
  }
}
