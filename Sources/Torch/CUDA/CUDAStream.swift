import CLibTorch

/// A CUDA stream. Each thread has one current stream per device.
public struct CUDAStream: Sendable {
  let value: CTCUDAStream

  init(_ value: CTCUDAStream) { self.value = value }

  /// A stream from LibTorch's pool.
  public static func fromPool(on device: Device) throws -> CUDAStream {
    var value = CTCUDAStream()
    try CUDALibrary.call("stream_from_pool") { $0.stream_from_pool?(Int32(device.index), 0, &value) }
    return CUDAStream(value)
  }

  /// The current stream of this thread on a device.
  public static func current(on device: Device) throws -> CUDAStream {
    var value = CTCUDAStream()
    try CUDALibrary.call("stream_current") { $0.stream_current?(Int32(device.index), &value) }
    return CUDAStream(value)
  }

  /// Makes this the current stream of the thread.
  public func makeCurrent() throws {
    try CUDALibrary.call("stream_set_current") { $0.stream_set_current?(value) }
  }

  /// Blocks the host until all work of the stream is done.
  public func synchronize() throws {
    try CUDALibrary.call("stream_synchronize") { $0.stream_synchronize?(value) }
  }

  /// Makes later work of this stream wait for the present work of another one, without blocking the host.
  public func wait(for other: CUDAStream) throws {
    try CUDALibrary.call("stream_wait") { $0.stream_wait?(value, other.value) }
  }

  /// Runs `body` with this as the thread's current stream, ordered after the present work of the previous stream and
  /// before its later work.
  public func withCurrent<Result>(on device: Device, _ body: () throws -> Result) throws -> Result {
    let outer = try CUDAStream.current(on: device)
    try wait(for: outer)
    try makeCurrent()
    let result: Result
    do {
      result = try body()
    } catch {
      // The error of `body` is the one to report.
      try? outer.makeCurrent()
      throw error
    }
    try outer.makeCurrent()
    try outer.wait(for: self)
    return result
  }
}
