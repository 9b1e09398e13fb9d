import Longtail

/// Watches a run with one reading a step, times the steps after a warm-up, and ends the run when there are enough.
final class StepTimer: TrainingObserver {
  private let warmup: Int
  private let limit: BenchLimit
  private let stop: StopSignal
  private var last = ContinuousClock.now
  private var begin = ContinuousClock.now
  /// The time of each step after the warm-up.
  private(set) var durations: [Duration] = []
  /// Memory after the warm-up.
  private(set) var memoryAtBegin = MemoryReading.now
  /// Memory after the last step.
  private(set) var memoryAtEnd = MemoryReading.now

  init(warmup: Int, limit: BenchLimit, stop: StopSignal) {
    self.warmup = warmup
    self.limit = limit
    self.stop = stop
    durations.reserveCapacity(4096)
  }

  func observe(_ event: TrainingEvent) {
    guard case .interval(let progress, _) = event else { return }
    let now = ContinuousClock.now
    memoryAtEnd = .now
    if progress.step > warmup { durations.append(last.duration(to: now)) }
    if progress.step == warmup {
      memoryAtBegin = memoryAtEnd
      begin = now
    }
    if progress.step > warmup, limit.isReached(count: durations.count, elapsed: begin.duration(to: now)) {
      stop.raise()
    }
    last = .now
  }
}

/// How long a measurement lasts.
enum BenchLimit {
  /// A number of repetitions.
  case count(Int)
  /// As many as begin within some seconds, and at least three.
  case seconds(Double)

  /// Whether there are enough.
  func isReached(count: Int, elapsed: Duration) -> Bool {
    switch self {
    case .count(let limit): count >= limit
    case .seconds(let limit): count >= 3 && elapsed.milliseconds >= limit * 1000
    }
  }
}
