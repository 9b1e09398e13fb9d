import ModelTraining

/// Keeps the readings of a run.
package final class Readings: TrainingObserver {
  package private(set) var metrics: [IntervalMetrics] = []
  package var losses: [Double] { metrics.map(\.loss) }

  package init() {}

  package func observe(_ event: TrainingEvent) {
    if case .interval(_, let reading) = event { metrics.append(reading) }
  }
}
