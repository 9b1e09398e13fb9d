import CLibTorch

/// What an operation does that makes the host wait for a GPU where nobody asked for it.
public enum HiddenSynchronization: Int32, Sendable {
  /// It waits.
  case isAllowed = 0
  /// It says so on standard error, and waits.
  case warns = 1
  /// It fails.
  case fails = 2

  /// Runs `body` under this rule, for the whole process.
  public func enforced<Result>(_ body: () throws -> Result) throws -> Result {
    var before = CTCUDASyncMode(rawValue: 0)
    try CUDALibrary.call("sync_mode_get") { $0.sync_mode_get?(&before) }
    try set(CTCUDASyncMode(rawValue: CTCUDASyncMode.RawValue(rawValue)))
    defer { try? set(before) }
    return try body()
  }

  private func set(_ mode: CTCUDASyncMode) throws {
    try CUDALibrary.call("sync_mode_set") { $0.sync_mode_set?(mode) }
  }
}
