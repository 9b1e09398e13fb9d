/// What has become of a run.
public enum RunStatus: String, Sendable, Codable, CaseIterable {
  /// A process is writing it.
  case running
  /// It came to its end; it has metrics if its data have a test set.
  case finished
  /// It stopped before its end; it can be resumed.
  case interrupted
  /// It stopped because of an error.
  case failed
}
