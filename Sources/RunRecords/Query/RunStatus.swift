/// The state of a run.
public enum RunStatus: String, Sendable, Codable, CaseIterable {
  /// A process is writing it.
  case running
  /// It is finished; it has metrics if its data have a test set.
  case finished
  /// It stopped early; it can be resumed.
  case interrupted
  /// It stopped because of an error.
  case failed
}
