import CLibTorch

/// Runs `body` without recording operations for gradients. The state belongs to the thread, so `body` cannot suspend.
public func withoutGradients<Result>(_ body: () throws -> Result) throws -> Result {
  try withGradients(false, body)
}

/// Runs `body` with the recording of operations switched on or off.
public func withGradients<Result>(_ enabled: Bool, _ body: () throws -> Result) throws -> Result {
  Engine.start()
  let previous = ct_grad_enabled()
  try Engine.check(ct_set_grad_enabled(enabled), "set gradient mode")
  let result: Result
  do {
    result = try body()
  } catch {
    ct_set_grad_enabled(previous)
    throw error
  }
  try Engine.check(ct_set_grad_enabled(previous), "set gradient mode")
  return result
}

/// Whether operations of this thread are recorded for gradients.
public var gradientsAreRecorded: Bool { ct_grad_enabled() }
