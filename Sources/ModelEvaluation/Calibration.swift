/// Calibration errors from equal-width bins of the confidence.
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
    /// Accuracy of these samples.
    public let accuracy: Double
    /// Mean confidence of these samples.
    public let confidence: Double
  }

  /// Expected calibration error (ECE), in 0...1.
  public let expectedError: Double
  /// Maximum calibration error (MCE), in 0...1.
  public let maximumError: Double
  /// Number of bins, empty ones included.
  public let binCount: Int
  /// The bins that hold samples, by increasing confidence.
  public let bins: [Bin]
}

extension Calibration {
  /// Calibration of a list of predictions.
  ///
  /// - Parameters:
  ///   - confidences: the model's probability of each prediction, in 0...1.
  ///   - correct: whether each prediction is correct; as long as `confidences`.
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
}
