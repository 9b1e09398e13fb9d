import CLibTorch

/// Runs `body` with automatic mixed precision in `dtype` on `device`, like `torch.autocast`; without it if `dtype` is
/// nil.
///
/// Weights are cast once per scope; the cache of cast weights is cleared at its end, also when `body` throws.
public func withAutocast<Result>(_ dtype: DType?, on device: Device, _ body: () throws -> Result) throws -> Result {
  guard let dtype else { return try body() }
  Engine.start()
  var wasEnabled = false
  var previous: Int32 = 0
  try Engine.check(ct_autocast_enter(device.kind.rawValue, dtype.rawValue, &wasEnabled, &previous), "enter autocast")
  let result: Result
  do {
    result = try body()
  } catch {
    ct_autocast_leave(device.kind.rawValue, wasEnabled, previous)
    throw error
  }
  try Engine.check(ct_autocast_leave(device.kind.rawValue, wasEnabled, previous), "leave autocast")
  return result
}
