import ModelTraining

/// Calls a function with every event of a run.
package final class Watcher: TrainingObserver {
  private let body: (TrainingEvent) throws -> Void

  package init(_ body: @escaping (TrainingEvent) throws -> Void) { self.body = body }

  package func observe(_ event: TrainingEvent) throws { try body(event) }
}
