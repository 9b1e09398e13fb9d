import Foundation
import Serialization

/// The folder of a run: where each of its files lies.
///
/// ```
/// run.json  recipe.yaml  environment.json  log.jsonl  metrics.json  predictions.csv  per-class.csv  report.html
/// checkpoints/last.safetensors   checkpoints/<nn>-<stage>.safetensors
/// seed-<n>/…                     the same for each of several seeds
/// ```
public struct RunFolder: Sendable, Hashable {
  /// The version of the layout and of the names in its files that this program writes and reads.
  ///
  /// Format 2 added identifiers, digests and checksums; format 3 has settings and metrics under the names of the field.
  public static let format = 3

  /// The path of the folder.
  public let path: String

  /// Names a folder that need not exist yet; see `create(at:)` and `open(at:)`.
  public init(_ path: String) {
    // `a/b/` and `a/b` are one folder.
    let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
    self.path = trimmed.isEmpty ? path : trimmed
  }

  /// Creates the folder of a new run.
  ///
  /// - Throws: `RunError.folderNotEmpty` if it is not empty, `SerializationError.cannotWrite` if it cannot be created.
  public static func create(at path: String) throws -> RunFolder {
    let folder = RunFolder(path)
    try folder.checkIsFree()
    folder.removeInterruptedStart()
    try folder.makeFolder(folder.checkpointsPath)
    return folder
  }

  /// Opens the folder of an existing run, for resuming or reading.
  ///
  /// - Throws: `RunError.notARun`; `.otherFormat` for a folder of another version.
  public static func open(at path: String) throws -> RunFolder {
    let folder = RunFolder(path)
    guard !folder.isInterruptedStart else {
      throw RunError.malformed(
        path: folder.path,
        reason:
          "the start of the run in this folder was interrupted before anything was trained; start it anew with --out")
    }
    guard folder.isRun || !folder.seedFolders.isEmpty else { throw RunError.notARun(path: folder.path) }
    try folder.checkFormat()
    return folder
  }

  /// Refuses a folder of another version. A folder without `run.json` states none.
  private func checkFormat() throws {
    guard exists(launchPath) else { return }
    let record = try JSONFile.read(JSONObject.self, from: launchPath)["record"]?.objectValue
    let format = record?["format"]?.integerValue
    guard format == Self.format else { throw RunError.otherFormat(path: path, format: format) }
  }

  /// The last part of the path.
  public var name: String { (path as NSString).lastPathComponent }
  /// What the run was started with; written last when the folder is created, so that a folder with it is complete.
  public var launchPath: String { path + "/run.json" }
  /// The resolved settings with the origin of each value.
  public var recipePath: String { path + "/recipe.yaml" }
  /// Where and with what the run was made.
  public var environmentPath: String { path + "/environment.json" }
  /// The log: one JSON object per line.
  public var logPath: String { path + "/log.jsonl" }
  /// The final metrics.
  public var metricsPath: String { path + "/metrics.json" }
  /// One row per test image.
  public var predictionsPath: String { path + "/predictions.csv" }
  /// One row per class.
  public var perClassPath: String { path + "/per-class.csv" }
  /// The report, a page of HTML.
  public var reportPath: String { path + "/report.html" }
  /// The folder of the checkpoints.
  public var checkpointsPath: String { path + "/checkpoints" }
  /// Weights, optimisers, state and counters of the last save.
  public var lastCheckpointPath: String { checkpointsPath + "/last.safetensors" }

  /// The checkpoint written when a stage ends; stages count from 0.
  ///
  /// Characters of the name that are not letters, digits, `-` or `_` become `-`.
  public func stageCheckpointPath(index: Int, name: String) -> String {
    let safe = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_" ? $0 : "-" }
    let number = index < 10 ? "0\(index)" : "\(index)"
    return "\(checkpointsPath)/\(number)-\(String(safe)).safetensors"
  }

  /// The folder of the run with one of several seeds.
  public func seedFolder(_ seed: Int) -> RunFolder { RunFolder("\(path)/seed-\(seed)") }

  /// The existing folders of seeds that hold a run, by seed.
  public var seedFolders: [RunFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in name.hasPrefix("seed-") ? Int(name.dropFirst("seed-".count)) : nil }
      .sorted().map(seedFolder).filter(\.isRun)
  }

  /// Whether the folder holds a run.
  public var isRun: Bool { exists(recipePath) || exists(environmentPath) }
  /// Whether the folder has a checkpoint to resume from.
  public var hasCheckpoint: Bool { exists(lastCheckpointPath) }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let reason = cause.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
      throw SerializationError.cannotWrite(path: path, reason: reason)
    }
  }
}
