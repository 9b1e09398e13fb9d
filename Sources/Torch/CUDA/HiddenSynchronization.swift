import CLibTorch

/// Finds operations of the engine that wait for a GPU where none should.
public enum HiddenSynchronization {
  /// Runs `body` while every operation that waits for a GPU fails instead. Holds for the whole process.
  public static func fails<Result>(during body: () throws -> Result) throws -> Result {
    try CUDALibrary.call("sync_mode_set") { $0.sync_mode_set?(CTCUDA_SYNC_FAILS) }
    let outcome = Swift.Result { try body() }
    try CUDALibrary.call("sync_mode_set") { $0.sync_mode_set?(CTCUDA_SYNC_ALLOWED) }
    return try outcome.get()
  }
}
