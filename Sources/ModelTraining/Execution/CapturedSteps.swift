import Torch

/// Captures the steps of each shape as a CUDA graph.
///
/// The first steps of a shape run as they are: they are steps like all others, and whatever a library decides or allocates when it is
/// first used has happened before the capture. A capture computes nothing, so the captured step is then replayed, and no state has to be
/// undone. Steps that cannot be captured are reported, and run as they are.
package final class CapturedSteps: StepRunner {
  /// Steps of a shape that run as they are before one is captured.
  private static let eagerSteps = 3
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
      // Tables of constants are made once and used by all streams: they must exist before another stream reads them.
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
      notice?("steps of \(shape.counts) images cannot be captured and run one by one: \(error)")
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
    return count >= Self.eagerSteps
  }
}
