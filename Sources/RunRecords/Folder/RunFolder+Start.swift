import Foundation

/// Creates the folder of a run such that the process may be killed at any moment.
///
/// The lock is taken first, in the empty folder, and `run.json` is written last: a folder with the file of a lock and without `run.json`
/// is an interrupted start and may be used for a new run. A group of seeds has a lock until the folders of all seeds exist.
extension RunFolder {
  /// Refuses a folder that is not empty; the files of an interrupted start do not count.
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

  /// Whether the folder holds nothing but the files of a start that was interrupted.
  public var isInterruptedStart: Bool {
    let present = Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
    let isStart = present.contains { $0.hasPrefix("seed-") } || !exists(launchPath)
    return isStart && present.contains(RunLock.fileName) && present.isSubset(of: startNames + [RunLock.fileName])
  }

  /// Creates the folder of a new run and takes its lock.
  ///
  /// - Throws: as `checkIsFree()`; `SerializationError.cannotWrite` if it cannot be created.
  public func startRun() throws -> RunLock {
    let lock = try startGroup()
    try makeFolder(checkpointsPath)
    return lock
  }

  /// Creates the folder for the folders of several seeds; release the lock when those exist.
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

  /// Removes the files of an interrupted start, but not the lock.
  func removeInterruptedStart() {
    for name in startNames { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
  }

  /// The files in the folder that an interrupted start may leave.
  private var startNames: [String] {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let made = [recipePath, environmentPath, launchPath].map { ($0 as NSString).lastPathComponent }
    return present.filter { name in
      if name == "checkpoints" { return (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) == [] }
      if name.hasPrefix("seed-"), let seed = Int(name.dropFirst("seed-".count)) { return !seedFolder(seed).hasBegun }
      return made.contains { name == $0 || name.hasPrefix($0 + ".partial-") }
    }
  }

  /// Whether training has written into the folder.
  private var hasBegun: Bool { exists(logPath) || exists(metricsPath) || hasCheckpoint }
}
