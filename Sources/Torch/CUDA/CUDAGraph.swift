import CLibTorch

/// A CUDA graph: GPU work that is captured once and replayed as a whole.
///
/// The addresses of all memory that the work reads or writes are fixed: tensors that outlive a step must be changed in
/// place, and memory allocated during capture belongs to the graph.
public final class CUDAGraph {
  private let graph: OpaquePointer

  /// Makes an empty graph.
  public init(on device: Device) throws {
    var graph: OpaquePointer?
    try CUDALibrary.call("graph_create") { $0.graph_create?(Int32(device.index), &graph) }
    guard let graph else {
      throw TorchError.operation(name: "graph_create", arguments: "", reason: "no graph was returned")
    }
    self.graph = graph
  }

  deinit {
    // A deinitialiser cannot throw; if destruction fails, the memory of the graph leaks.
    try? CUDALibrary.call("graph_destroy") { $0.graph_destroy?(graph) }
  }

  /// Captures the work that `body` launches on the current stream, which must not be the default one, without running
  /// it.
  ///
  /// - Parameters:
  ///   - other: a graph whose memory pool is shared; both must never run at the same time.
  ///   - body: the work.
  public func capture(sharingMemoryOf other: CUDAGraph? = nil, _ body: () throws -> Void) throws {
    try CUDALibrary.call("graph_capture_begin") { $0.graph_capture_begin?(graph, other?.graph) }
    do {
      try body()
    } catch {
      // An open capture would block the stream. The error of `body` is the one to report.
      try? CUDALibrary.call("graph_capture_end") { $0.graph_capture_end?(graph) }
      throw error
    }
    try CUDALibrary.call("graph_capture_end") { $0.graph_capture_end?(graph) }
  }

  /// Launches the graph on the current stream.
  public func replay() throws { try CUDALibrary.call("graph_replay") { $0.graph_replay?(graph) } }
}
