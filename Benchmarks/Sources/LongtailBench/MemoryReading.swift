import Longtail

/// The tensors and bytes that are alive at a moment.
struct MemoryReading: Codable, Equatable {
  /// Tensor handles.
  let liveTensors: Int
  /// Bytes that the engine's allocator has handed out.
  let engineBytes: Int

  /// Reads them now.
  static var now: MemoryReading {
    MemoryReading(liveTensors: Engine.liveTensorCount, engineBytes: Engine.allocatedBytes)
  }
}
