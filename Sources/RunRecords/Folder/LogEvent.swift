/// What a line of `log.jsonl` tells.
public enum LogEvent: String, Sendable, CaseIterable {
  /// The run began.
  case started
  /// The run went on from a checkpoint.
  case resumed
  /// Images that cannot be decoded are left out; `split`, `count` and `images` say which.
  case unreadableImages
  /// Means over a logging interval.
  case interval
  /// An epoch ended.
  case epoch
  /// The model was evaluated.
  case evaluation
  /// A stage ended.
  case stageEnded
  /// The run was stopped and can be resumed.
  case interrupted
  /// The run cannot go on; `reason` says why.
  case failed
  /// The run came to its end.
  case finished
}
