import Foundation

/// How the folder of a run comes into being: a process can be killed at any moment, and what it leaves is taken for what it is.
///
/// First the lock is taken in the empty folder, `run.json` comes last: a folder with a lock's file and without `run.json` is a start that
/// was interrupted, and may be used for a new run. A group of seeds has a lock until all its folders are there.
extension RunFolder {
  /// Refuses a folder that a new run must not be written into; what an interrupted start has left does not count.
  ///
  /// - Throws: `RunError.folderNotEmpty`; `.malformed` for an empty path; `.locked` while another process starts a run there.
  public func checkIsFree() throws {
    guard !path.isEmpty else {
      throw RunError.malformed(path: "''", reason: "the path of the run's folder is empty; name a folder with --out")
    }
    guard let present = try? FileManager.default.contentsOfDirectory(atPath: path), !present.isEmpty else { return }
    guard isInterruptedStart else { throw RunError.folderNotEmpty(path: path) }
    if RunLock.isHeld(self) { throw RunError.locked(path: path, process: RunLock.holder(of: self)) }
  }

  /// Whether the folder holds what a process that was killed while it started a run has left, and nothing else.
  public var isInterruptedStart: Bool {
    let present = Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
    let isStart = present.contains { $0.hasPrefix("seed-") } || !exists(launchPath)
    return isStart && present.contains(RunLock.fileName) && present.isSubset(of: startNames + [RunLock.fileName])
  }

  /// Makes the folder of a new run, with the lock that its process holds.
  ///
  /// - Throws: as `checkIsFree()`; `SerializationError.cannotWrite` if it cannot be made.
  public func startRun() throws -> RunLock {
    let lock = try startGroup()
    try makeFolder(checkpointsPath)
    return lock
  }

  /// Makes the folder that holds the folders of several seeds; the lock is to be released when they are there.
  ///
  /// - Throws: as `startRun()`.
  public func startGroup() throws -> RunLock {
    try checkIsFree()
    try makeFolder(path)
    let lock = try RunLock(self)
    // Another process may have been faster.
    guard isInterruptedStart else { throw RunError.folderNotEmpty(path: path) }
    removeInterruptedStart()
    return lock
  }

  /// Removes what starting a run may have left, but not the lock.
  func removeInterruptedStart() {
    for name in startNames { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
  }

  /// What is there of the names that starting a run may leave.
  private var startNames: [String] {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let made = [recipePath, environmentPath, launchPath].map { ($0 as NSString).lastPathComponent }
    return present.filter { name in
      if name == "checkpoints" { return (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) == [] }
      if name.hasPrefix("seed-"), let seed = Int(name.dropFirst("seed-".count)) { return !seedFolder(seed).hasBegun }
      return made.contains { name == $0 || name.hasPrefix($0 + ".partial-") }
    }
  }

  /// Whether training has left something in the folder.
  private var hasBegun: Bool { exists(logPath) || exists(metricsPath) || hasCheckpoint }
}
