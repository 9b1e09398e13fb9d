import Foundation

/// Real data sets under the folder that the environment variable LONGTAIL_DATA names.
enum RealData {
  static func path(_ name: String) -> String {
    (ProcessInfo.processInfo.environment["LONGTAIL_DATA"] ?? "") + "/" + name
  }

  static func has(_ name: String) -> Bool {
    ProcessInfo.processInfo.environment["LONGTAIL_DATA"] != nil && FileManager.default.fileExists(atPath: path(name))
  }
}
