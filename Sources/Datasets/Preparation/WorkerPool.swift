import Dispatch
import Synchronization

/// Called repeatedly with the number of finished items and their total, from any thread but never twice at once.
public typealias DataProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// Runs independent items on a few threads. What is computed never depends on the number of threads or on their order.
package enum WorkerPool {
  /// The number of processor cores.
  package static var defaultWorkers: Int { ProcessorCount.available }

  /// Calls `body` once for each index in `0..<count`, in small ranges that free threads take.
  package static func forEach(
    _ count: Int, workers: Int, progress: DataProgress? = nil, _ body: @Sendable (Int) -> Void
  ) {
    forEach(count, workers: workers, progress: progress, tool: {}) { _, index in body(index) }
  }

  /// Calls `body` once for each index, with a value that each thread makes once and does not share, such as a decoder.
  package static func forEach<Tool>(
    _ count: Int, workers: Int, progress: DataProgress? = nil, tool: @Sendable () -> Tool,
    _ body: @Sendable (Tool, Int) -> Void
  ) {
    let run = min(max(count / (max(workers, 1) * 16), 1), 64)
    let next = Atomic<Int>(0)
    let meter = ProgressMeter(total: count, report: progress)
    DispatchQueue.concurrentPerform(iterations: max(min(workers, count), 1)) { _ in
      let tool = tool()
      while true {
        let start = next.add(run, ordering: .relaxed).oldValue
        guard start < count else { return }
        let end = min(start + run, count)
        for index in start..<end { body(tool, index) }
        meter.add(end - start)
      }
    }
  }
}

/// Counts finished items and reports progress about two hundred times.
private final class ProgressMeter: Sendable {
  private let total: Int
  private let report: DataProgress?
  private let state = Mutex((done: 0, reported: 0))

  init(total: Int, report: DataProgress?) {
    self.total = total
    self.report = report
  }

  func add(_ count: Int) {
    guard let report else { return }
    state.withLock { state in
      state.done += count
      guard state.done == total || state.done - state.reported >= max(total / 200, 1) else { return }
      state.reported = state.done
      report(state.done, total)
    }
  }
}
