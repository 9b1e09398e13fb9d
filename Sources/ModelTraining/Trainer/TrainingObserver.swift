/// Observes a run.
public protocol TrainingObserver: AnyObject {
  /// Called on the training thread, between steps.
  /// - Throws: to end the run, for example because a record cannot be written.
  func observe(_ event: TrainingEvent) throws
}
