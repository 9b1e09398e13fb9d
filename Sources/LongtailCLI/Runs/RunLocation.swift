import Foundation
import Longtail
import Serialization

/// Finds the folder that a run's name on the command line means.
enum RunLocation {
  /// Where runs are written unless something else is said.
  static let defaultRoot = "runs"

  /// The path itself if it is a folder, else the folder of that name in `runs`.
  ///
  /// - Throws: `UnknownRun` with the nearest name.
  static func path(of name: String) throws -> String {
    for path in [name, "\(defaultRoot)/\(name)"] where isFolder(path) { return path }
    let known = (try? RunQuery.list(defaultRoot))?.map(\.name) ?? []
    throw UnknownRun(name: name, nearest: NearestName.find(name, in: known), count: known.count)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

/// A run that is not there.
struct UnknownRun: Error, CustomStringConvertible {
  let name: String
  let nearest: String?
  let count: Int

  var description: String {
    let root = RunLocation.defaultRoot
    if let nearest { return "no run '\(name)'; did you mean '\(root)/\(nearest)'? 'longtail runs list' shows all" }
    return "no run '\(name)': there is no such folder, here or in \(root)/"
      + (count > 0 ? "; 'longtail runs list' shows all" : "; give the path of a run's folder")
  }
}
