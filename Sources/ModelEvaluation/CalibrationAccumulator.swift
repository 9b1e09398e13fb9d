/// Sums per confidence bin, from which ``Calibration`` is computed.
struct CalibrationAccumulator: Sendable, Equatable {
  private var counts: [Int]
  private var correctCounts: [Int]
  private var confidenceSums: [Double]

  init(bins: Int) throws {
    guard bins > 0 else { throw EvaluationError.notPositive("number of calibration bins", bins) }
    counts = Array(repeating: 0, count: bins)
    correctCounts = counts
    confidenceSums = Array(repeating: 0, count: bins)
  }

  var binCount: Int { counts.count }

  static func check(_ confidence: Double, sample: Int) throws {
    guard confidence >= 0, confidence <= 1 else { throw EvaluationError.confidence(confidence, sample: sample) }
  }

  /// Adds a prediction whose confidence has been checked. Bins are open on the left and closed on the right.
  mutating func add(confidence: Double, correct: Bool) {
    let position = Int((confidence * Double(binCount)).rounded(.up)) - 1
    let bin = min(max(position, 0), binCount - 1)
    counts[bin] += 1
    correctCounts[bin] += correct ? 1 : 0
    confidenceSums[bin] += confidence
  }

  /// Adds the sums of another accumulator with as many bins.
  mutating func merge(_ other: CalibrationAccumulator) {
    for bin in counts.indices {
      counts[bin] += other.counts[bin]
      correctCounts[bin] += other.correctCounts[bin]
      confidenceSums[bin] += other.confidenceSums[bin]
    }
  }

  /// The calibration so far, or `nil` without samples.
  var result: Calibration? {
    let total = counts.reduce(0, +)
    guard total > 0 else { return nil }
    let bins = counts.indices.filter { counts[$0] > 0 }.map { bin in
      Calibration.Bin(
        index: bin, count: counts[bin], accuracy: Double(correctCounts[bin]) / Double(counts[bin]),
        confidence: confidenceSums[bin] / Double(counts[bin]))
    }
    let gaps = bins.map { abs($0.accuracy - $0.confidence) }
    let expected = zip(bins, gaps).reduce(0) { $0 + Double($1.0.count) / Double(total) * $1.1 }
    return Calibration(
      expectedError: expected, maximumError: gaps.max() ?? 0, binCount: binCount, bins: bins)
  }
}
