import Foundation

/// What several measurements of the same thing say, in milliseconds.
struct TimingSummary: Codable {
  /// The number of measurements.
  let count: Int
  /// The middle one.
  let median: Double
  /// The shortest.
  let best: Double
  /// Their mean.
  let mean: Double

  /// Summarises durations; nil without any.
  init?(_ durations: [Duration]) {
    let sorted = durations.map(\.milliseconds).sorted()
    guard let first = sorted.first else { return nil }
    let upper = sorted.count / 2
    count = sorted.count
    median = sorted.count % 2 == 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2
    best = first
    mean = sorted.reduce(0, +) / Double(sorted.count)
  }
}

extension Duration {
  /// In milliseconds.
  var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
  /// In nanoseconds.
  var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9 }
}

/// The time that `body` takes.
func measured(_ body: () throws -> Void) rethrows -> Duration {
  let start = ContinuousClock.now
  try body()
  return start.duration(to: .now)
}

extension Double {
  /// With a fixed number of decimals.
  func text(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
