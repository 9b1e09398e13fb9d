/// Whether a body gives true, tried again and again for a while.
///
/// For counters of the whole process, which tests that run at the same time disturb: what is wrong by itself stays wrong.
public func eventually(within duration: Duration = .seconds(30), _ body: () throws -> Bool) rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + duration
  repeat {
    if try body() { return true }
  } while clock.now < end
  return false
}
