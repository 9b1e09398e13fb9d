import Longtail

/// Watches a run with one reading a window of steps, times the windows after a warm-up, and ends the run when there are enough.
final class StepTimer: TrainingObserver {
  /// A window: its steps, images and time.
  struct Window {
    let steps: Int
    let images: Int
    let duration: Duration

    /// The time of one step.
    var durationPerStep: Duration { duration / steps }
  }

  private let warmup: Int
  private let limit: BenchLimit
  private let stop: StopSignal
  private let images: (Range<Int>) -> Int
  private var last = ContinuousClock.now
  private var lastStep = 0
  private var begin: ContinuousClock.Instant?
  /// The windows after the warm-up.
  private(set) var windows: [Window] = []
  /// Memory after the warm-up.
  private(set) var memoryAtBegin = MemoryReading.now
  /// Memory after the last step.
  private(set) var memoryAtEnd = MemoryReading.now
  /// The loss of the last window.
  private(set) var loss = Double.nan

  /// Makes a timer.
  ///
  /// - Parameters:
  ///   - warmup: steps before the measurement.
  ///   - limit: how long it lasts.
  ///   - stop: raised when it has lasted so long.
  ///   - images: the number of images of some steps.
  init(warmup: Int, limit: BenchLimit, stop: StopSignal, images: @escaping (Range<Int>) -> Int) {
    self.warmup = warmup
    self.limit = limit
    self.stop = stop
    self.images = images
    windows.reserveCapacity(4096)
  }

  func observe(_ event: TrainingEvent) {
    guard case .interval(let progress, let metrics) = event else { return }
    let now = ContinuousClock.now
    memoryAtEnd = .now
    loss = metrics.loss
    if let begin {
      let steps = lastStep..<progress.step
      windows.append(Window(steps: steps.count, images: images(steps), duration: last.duration(to: now)))
      if limit.isReached(count: windows.count, elapsed: begin.duration(to: now)) { stop.raise() }
    } else if progress.step >= warmup {
      memoryAtBegin = memoryAtEnd
      begin = now
    }
    lastStep = progress.step
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
