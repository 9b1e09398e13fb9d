import CLibTorch

/// Detects operations that synchronise with a GPU.
public enum HiddenSynchronization {
  /// Runs `body` while synchronising operations throw errors, in the whole process (`torch.cuda.set_sync_debug_mode`).
  public static func fails<Result>(during body: () throws -> Result) throws -> Result {
    try CUDALibrary.call("sync_mode_set") { $0.sync_mode_set?(CTCUDA_SYNC_FAILS) }
    let outcome = Swift.Result { try body() }
    try CUDALibrary.call("sync_mode_set") { $0.sync_mode_set?(CTCUDA_SYNC_ALLOWED) }
    return try outcome.get()
  }
}
