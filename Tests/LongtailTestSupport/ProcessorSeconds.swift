import Foundation

/// The seconds that the calling thread computes while a body runs; unlike time on the clock it does not depend on what else the machine
/// does.
public func processorSeconds(of body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  let start = now()
  try body()
  return now() - start
}

/// How many times longer a body takes for a size `factor` times as large: the least of some tries, so that a disturbed one does not count.
public func growth(from size: Int, by factor: Int, tries: Int = 3, _ body: (Int) throws -> Void) rethrows -> Double {
  func least(_ size: Int) throws -> Double {
    try (0..<tries).map { _ in try processorSeconds { try body(size) } }.min() ?? 0
  }
  let (small, large) = (try least(size), try least(size * factor))
  return large / max(small, 1e-6)
}
