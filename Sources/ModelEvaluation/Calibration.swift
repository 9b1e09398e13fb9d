/// How well confidence agrees with correctness, in equal-width bins of the confidence.
///
/// `expectedError = sum_b (n[b] / n) |accuracy[b] - confidence[b]|`, `maximumError` is the largest of the differences.
/// Source: On Calibration of Modern Neural Networks, ICML 2017, sections 2 and 3.
public struct Calibration: Sendable, Codable, Equatable {
  /// One bin of the reliability diagram.
  public struct Bin: Sendable, Codable, Equatable {
    /// Index of the bin; bin `b` of `B` holds confidences in `(b / B, (b + 1) / B]`, bin 0 also 0.
    public let index: Int
    /// Samples in the bin; above 0.
    public let count: Int
    /// Share of them that are right.
    public let accuracy: Double
    /// Their mean confidence.
    public let confidence: Double
  }

  /// Expected calibration error (ECE), a share in 0...1.
  public let expectedError: Double
  /// Maximum calibration error (MCE), a share in 0...1.
  public let maximumError: Double
  /// Number of bins, the empty ones included.
  public let binCount: Int
  /// The bins that hold samples, in increasing order.
  public let bins: [Bin]

  /// Calibration of a list of predictions.
  ///
  /// - Parameters:
  ///   - confidences: probability that the model gave to its prediction, in 0...1.
  ///   - correct: whether the prediction was right; as long as `confidences`.
  ///   - bins: number of bins; usually 15.
  /// - Throws: ``EvaluationError`` for lists of different length, no sample, a confidence outside 0...1, no bin.
  public init(confidences: [Double], correct: [Bool], bins: Int = 15) throws {
    guard confidences.count == correct.count else {
      throw EvaluationError.lengths("confidences", got: confidences.count, samples: correct.count)
    }
    var accumulator = try CalibrationAccumulator(bins: bins)
    for (sample, (confidence, correct)) in zip(confidences, correct).enumerated() {
      try CalibrationAccumulator.check(confidence, sample: sample)
      accumulator.add(confidence: confidence, correct: correct)
    }
    guard let result = accumulator.result else { throw EvaluationError.noSamples }
    self = result
  }

  init(expectedError: Double, maximumError: Double, binCount: Int, bins: [Bin]) {
    (self.expectedError, self.maximumError, self.binCount, self.bins) = (expectedError, maximumError, binCount, bins)
  }
}
