import Foundation
import Longtail

/// Disk, memory and folders of this machine.
struct Machine: Encodable {
  let currentFolder: String
  let canWriteHere: Bool
  /// Where set-up keeps fetched files.
  let cacheFolder: String
  let hasCacheFolder: Bool
  /// Bytes free for this user in the current folder.
  let freeDisk: Int?
  /// Bytes of memory, within the limit of a container.
  let totalMemory: Int
  /// Bytes of memory that could be taken now.
  let availableMemory: Int?
  /// Whether an NVIDIA driver is loaded.
  let hasNVIDIADriver: Bool

  init() {
    let files = FileManager.default
    currentFolder = files.currentDirectoryPath
    canWriteHere = access(currentFolder, W_OK) == 0
    cacheFolder = CacheFolder.path()
    hasCacheFolder = files.fileExists(atPath: cacheFolder)
    freeDisk = ((try? files.attributesOfFileSystem(forPath: currentFolder))?[.systemFreeSize] as? NSNumber)?.intValue
    let limit = Self.number("/sys/fs/cgroup/memory.max")
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    totalMemory = min(physical, limit ?? physical)
    availableMemory = Self.available(limit: limit)
    hasNVIDIADriver = files.fileExists(atPath: "/proc/driver/nvidia/version")
  }

  private static func available(limit: Int?) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    let free = kibibytes * 1024
    guard let limit, let used = number("/sys/fs/cgroup/memory.current") else { return free }
    return min(free, max(0, limit - used))
  }

  private static func number(_ path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Bytes in GiB with one digit after the point.
  static func size(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / Double(1 << 30)) }
}
