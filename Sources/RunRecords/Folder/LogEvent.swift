/// What a line of `log.jsonl` records.
public enum LogEvent: String, Sendable, CaseIterable {
  /// Training started.
  case started
  /// Training was resumed from a checkpoint.
  case resumed
  /// Images that cannot be decoded are left out: `split`, `count` and `images`.
  case unreadableImages
  /// Means over a logging interval.
  case interval
  /// An epoch ended.
  case epoch
  /// The model was evaluated.
  case evaluation
  /// A stage ended.
  case stageEnded
  /// Training was stopped and can be resumed.
  case interrupted
  /// Training failed, for the `reason`.
  case failed
  /// Training finished.
  case finished
}
