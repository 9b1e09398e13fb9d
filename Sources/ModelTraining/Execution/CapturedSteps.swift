import Torch

/// Records the steps of each shape as a GPU graph.
///
/// The first steps of a shape are run as they are: they are steps like all others, and whatever a library decides or allocates when it is
/// first used has happened before the recording. A recording computes nothing, so the step that is recorded is started from the graph,
/// and no state has to be undone. What cannot be recorded is told, and runs as it is.
package final class CapturedSteps: StepRunner {
  /// Steps of a shape that are run as they are before one is recorded.
  private static let plainSteps = 3
  package let stepsPerRun: Int
  private let device: Device
  private let notice: (@Sendable (String) -> Void)?
  private var graphs: [StepShape: CUDAGraph] = [:]
  private var seen: [StepShape: Int] = [:]
  private var isRefused = false

  /// - Throws: `TorchError.device` where the side library for CUDA cannot be used.
  package init(on device: Device, stepsPerRun: Int = 1, notice: (@Sendable (String) -> Void)? = nil) throws {
    self.device = device
    self.stepsPerRun = max(1, stepsPerRun)
    self.notice = notice
    _ = try CUDAStream.current(on: device)
  }


  package func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    if let graph = graphs[shape] { return try graph.replay() }
    guard !isRefused, isWarm(shape) else {
      try body()
      // What is made once and used by all, such as tables of constants, must be there before another stream reads it.
      if !isRefused { try device.synchronize() }
      return
    }
    do {
      // The programs of a stage never run at the same time, so they share their memory.
      let graph = try CUDAGraph(on: device)
      try graph.capture(sharingMemoryOf: graphs.values.first, body)
      graphs[shape] = graph
    } catch {
      isRefused = true
      notice?("steps of \(shape.counts) images cannot be recorded and run one by one: \(error)")
      return try body()
    }
    try graphs[shape]?.replay()
    try device.synchronize()
  }

  /// Counts steps of the same kind, however many run at a time.
  private func isWarm(_ shape: StepShape) -> Bool {
    var single = shape
    single.steps = 1
    let count = seen[single, default: 0]
    seen[single] = count + shape.steps
    return count >= Self.plainSteps
  }
}
