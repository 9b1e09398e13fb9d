import CLibTorch

/// A sequence of GPU work that was recorded once and is started again as a whole.
///
/// Everything that the work reads or writes must stay where it is: tensors that live longer than one step are changed in place, and what the
/// capture allocated belongs to the graph.
public final class CUDAGraph {
  private let graph: OpaquePointer

  /// Makes an empty graph.
  public init(on device: Device) throws {
    var graph: OpaquePointer?
    try CUDALibrary.call("graph_create") { $0.graph_create?(Int32(device.index), &graph) }
    guard let graph else { throw TorchError.operation(name: "graph_create", arguments: "", reason: "no graph came") }
    self.graph = graph
  }

  deinit {
    // Nothing can be done about a graph that cannot be destroyed; its memory is lost.
    try? CUDALibrary.call("graph_destroy") { $0.graph_destroy?(graph) }
  }

  /// Records what `body` gives to the current stream, which must not be the default one; nothing is computed yet.
  ///
  /// - Parameters:
  ///   - other: a graph that never runs at the same time, and whose memory is used again.
  ///   - body: the work.
  public func capture(sharingMemoryOf other: CUDAGraph? = nil, _ body: () throws -> Void) throws {
    try CUDALibrary.call("graph_capture_begin") { $0.graph_capture_begin?(graph, other?.graph) }
    do {
      try body()
    } catch {
      // An open capture would hold the stream; the first error is the one that counts.
      try? CUDALibrary.call("graph_capture_end") { $0.graph_capture_end?(graph) }
      throw error
    }
    try CUDALibrary.call("graph_capture_end") { $0.graph_capture_end?(graph) }
  }

  /// Starts the recorded work on the current stream.
  public func replay() throws { try CUDALibrary.call("graph_replay") { $0.graph_replay?(graph) } }
}
