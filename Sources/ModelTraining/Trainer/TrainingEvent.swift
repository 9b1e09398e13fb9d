/// An event of a run, for progress displays and records. Handling it must not change the run.
public enum TrainingEvent: Sendable {
  /// A stage begins or is resumed.
  case stageBegan(StageProgress)
  /// Losses of the last interval.
  case interval(StageProgress, IntervalMetrics)
  /// The test set was evaluated.
  case evaluated(StageProgress, Evaluation)
  /// A checkpoint was written to disk.
  case saved(StageProgress, path: String)
  /// A stage ended.
  case stageEnded(StageProgress)
}
