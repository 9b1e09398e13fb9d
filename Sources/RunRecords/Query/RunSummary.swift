import Foundation
import Serialization

/// A run in a list of runs.
public struct RunSummary: Sendable, Equatable, Encodable {
  /// The path relative to the folder that was listed.
  public var name: String
  /// The folder of the run.
  public var path: String
  /// The name of the recipe, if it is known.
  public var recipe: String?
  /// The seed, if it is known.
  public var seed: Int?
  /// The state of the run.
  public var status: RunStatus
  /// The last epoch in the log, from 1, within its stage.
  public var lastEpoch: Int?
  /// How the reported epoch was selected.
  public var selection: SelectionRule?
  /// The metrics by name; empty while there are none.
  public var values: [String: Double]
  /// The training counts that separate the shot groups, if they are known.
  public var shotLimits: ShotLimits?
  /// Errors of files that could not be read.
  public var problems: [String]

  /// Reads a run. Damaged files become `problems`, so that one bad run does not hide the others.
  public init(_ folder: RunFolder, name: String? = nil) {
    self.name = name ?? folder.name
    path = folder.path
    values = [:]
    problems = []
    status = .interrupted
    let metrics = attempt(folder.metricsPath) { try folder.readMetrics() }
    let environment = attempt(folder.environmentPath) { try folder.readEnvironment() }
    recipe = metrics?.recipe ?? attempt(folder.recipePath) { try folder.readSettings().recipe } ?? nil
    seed = metrics?.seed ?? environment?.seed
    selection = metrics?.selection
    values = metrics?.values ?? [:]
    shotLimits = metrics?.shotLimits
    let log = attempt(folder.logPath) { try LogFile.lastEntries(folder.logPath) } ?? []
    // A stage without steps has no epochs; what is shown is the last one that was trained.
    lastEpoch =
      log.compactMap(EpochCounter.epoch).last { $0 > 0 }
      ?? metrics.map { min(max($0.epoch, 0), Int(Int32.max)) + 1 }
    status = Self.status(folder, lastEvent: log.last?["event"]?.stringValue)
  }

  private static func status(_ folder: RunFolder, lastEvent: String?) -> RunStatus {
    if RunLock.isHeld(folder) { return .running }
    return switch lastEvent.flatMap(LogEvent.init) {
    case .failed: .failed
    case .finished: .finished
    default: .interrupted
    }
  }

  /// Whether the run finished without being evaluated, because its data have no test set.
  public var isUnmeasured: Bool { status == .finished && values.isEmpty && problems.isEmpty }

  /// Reads a file that may be missing; errors are added to `problems`.
  private mutating func attempt<Value>(_ path: String, _ read: () throws -> Value) -> Value? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try read()
    } catch {
      problems.append("\(error)")
      return nil
    }
  }
}
