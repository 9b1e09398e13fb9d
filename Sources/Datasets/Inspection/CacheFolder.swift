import Foundation

/// The user's cache folder: LibTorch, synthetic data, decoded images, digests of files.
public enum CacheFolder {
  /// Its path; the same rule as in `scripts/common.bash`.
  public static func path(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    if let path = environment["LONGTAIL_CACHE"], !path.isEmpty { return path }
    if let path = environment["XDG_CACHE_HOME"], !path.isEmpty { return path + "/longtail" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/longtail"
  }
}
