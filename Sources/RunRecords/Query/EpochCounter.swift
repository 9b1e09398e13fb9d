import Serialization

/// Counts the epochs of a run's log from 1, continuously over the stages of the run.
///
/// In the files, `epoch` of a line of `log.jsonl` is the number of completed epochs of its stage, and `epoch` of `metrics.json` counts
/// from 0.
///
/// ```swift
/// var counter = EpochCounter()
/// for entry in try LogFile.entries(path) { if let position = counter.position(of: entry) { … } }
/// ```
public struct EpochCounter: Sendable {
  /// The stage and epoch of a line of the log.
  public struct Position: Sendable, Equatable {
    /// The name of the stage; empty where the line does not state it.
    public var stage: String
    /// The number of the stage in the log, from 0.
    public var stageIndex: Int
    /// The epoch of the stage, from 1; 0 in a stage without steps.
    public var epoch: Int
    /// The epoch counted over all stages.
    public var runEpoch: Int
  }

  /// A log with more epochs is damaged.
  private static let greatestEpoch = 1_000_000_000

  private var stage: String?
  private var stageIndex = 0
  private var epochsOfEarlierStages = 0
  private var epochsOfStage = 0

  /// A counter at the beginning of a log.
  public init() {}

  /// The position of a line; nil for a line without an epoch. Lines are passed in the order of the log.
  public mutating func position(of entry: JSONObject) -> Position? {
    guard let epoch = Self.epoch(of: entry) else { return nil }
    let name = entry["stage"]?.stringValue ?? ""
    if let stage, stage != name {
      epochsOfEarlierStages += epochsOfStage
      epochsOfStage = 0
      stageIndex += 1
    }
    stage = name
    epochsOfStage = max(epochsOfStage, epoch)
    return Position(stage: name, stageIndex: stageIndex, epoch: epoch, runEpoch: epochsOfEarlierStages + epoch)
  }

  /// The epoch of a line within its stage, from 1; 0 in a stage without steps, nil for a line without an epoch.
  static func epoch(of entry: JSONObject) -> Int? {
    guard let done = entry["epoch"]?.integerValue, (0...greatestEpoch).contains(done) else { return nil }
    // Only lines within an epoch belong to one that is not complete.
    return entry["event"]?.stringValue == LogEvent.interval.rawValue ? done + 1 : done
  }
}
