import Foundation
import Longtail

/// Files that a command writes beside its output.
enum OutputFile {
  /// Makes sure that nothing would be written over, before any work is done.
  ///
  /// - Throws: `DataSourceError.exists`.
  static func checkAbsent(_ path: String) throws {
    // A broken link counts as present: writing would go through it.
    guard (try? FileManager.default.attributesOfItem(atPath: path)) == nil else {
      throw DataSourceError.exists(path: path)
    }
  }
}
