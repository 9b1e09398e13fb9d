import CLibTorch

/// A queue of work on a GPU. Work of one stream runs in order; each thread has a current stream a device.
public struct CUDAStream: Sendable {
  let value: CTCUDAStream

  init(_ value: CTCUDAStream) { self.value = value }

  /// One of the engine's streams beside the default one.
  public static func fromPool(on device: Device) throws -> CUDAStream {
    var value = CTCUDAStream()
    try CUDALibrary.call("stream_from_pool") { $0.stream_from_pool?(Int32(device.index), 0, &value) }
    return CUDAStream(value)
  }

  /// This thread's stream on a device.
  public static func current(on device: Device) throws -> CUDAStream {
    var value = CTCUDAStream()
    try CUDALibrary.call("stream_current") { $0.stream_current?(Int32(device.index), &value) }
    return CUDAStream(value)
  }

  /// Makes this the current stream of the thread.
  public func makeCurrent() throws {
    try CUDALibrary.call("stream_set_current") { $0.stream_set_current?(value) }
  }

  /// Waits on the host until all work of the stream is done.
  public func synchronize() throws {
    try CUDALibrary.call("stream_synchronize") { $0.stream_synchronize?(value) }
  }

  /// Lets work that comes from now on wait for what another stream holds now; the host does not wait.
  public func wait(for other: CUDAStream) throws {
    try CUDALibrary.call("stream_wait") { $0.stream_wait?(value, other.value) }
  }

  /// Runs `body` with this as the thread's current stream, after all that the stream before holds; what comes after waits for it.
  public func withCurrent<Result>(on device: Device, _ body: () throws -> Result) throws -> Result {
    let outer = try CUDAStream.current(on: device)
    try wait(for: outer)
    try makeCurrent()
    let result: Result
    do {
      result = try body()
    } catch {
      // The first error is the one that counts.
      try? outer.makeCurrent()
      throw error
    }
    try outer.makeCurrent()
    try outer.wait(for: self)
    return result
  }
}
