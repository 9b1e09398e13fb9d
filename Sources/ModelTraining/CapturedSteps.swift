import Torch

/// Records the steps of each shape as a GPU graph.
///
/// The first steps of a shape are run as they are: they are steps like all others, and whatever a library decides or allocates when it is
/// first used has happened before the recording. A recording computes nothing, so the step that is recorded is started from the graph,
/// and no state has to be undone.
final class CapturedSteps: StepRunner {
  /// Steps of a shape that are run as they are before one is recorded.
  private static let plainSteps = 3
  private let device: Device
  private var graphs: [StepShape: CUDAGraph] = [:]
  private var seen: [StepShape: Int] = [:]

  /// - Throws: `TorchError.device` where the side library for CUDA cannot be used.
  init(on device: Device) throws {
    self.device = device
    _ = try CUDAStream.current(on: device)
  }

  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    if let graph = graphs[shape] { return try graph.replay() }
    let count = seen[shape, default: 0]
    seen[shape] = count + 1
    guard count >= Self.plainSteps else { return try body() }
    let graph = try CUDAGraph(on: device)
    try graph.capture(body)
    graphs[shape] = graph
    try graph.replay()
  }
}
