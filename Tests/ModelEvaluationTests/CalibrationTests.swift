import LongtailTestSupport
import ModelEvaluation
import Testing

@Suite struct CalibrationTests {
  /// Bins are open on the left and closed on the right; 0 belongs to the first.
  @Test func binEdges() throws {
    let calibration = try Calibration(
      confidences: [0, 0.25, 0.251, 0.5, 1], correct: [false, false, true, true, true], bins: 4)
    #expect(calibration.bins.map(\.index) == [0, 1, 3])
    #expect(calibration.bins.map(\.count) == [2, 2, 1])
  }

  @Test func perfectConfidenceHasNoError() throws {
    let calibration = try Calibration(confidences: [1, 1, 0, 0], correct: [true, true, false, false])
    #expect(calibration.expectedError == 0)
    #expect(calibration.maximumError == 0)
  }

  /// With one bin the error is the distance of accuracy and mean confidence; more bins never lower it, and the largest
  /// difference is never below the expected one.
  @Test func errorBounds() throws {
    try withRandomCases { random in
      let confidences = random.numbers(Int.random(in: 1...80, using: &random), in: 0...1)
      let correct = confidences.map { Double.random(in: 0...1, using: &random) < $0 }
      let one = try Calibration(confidences: confidences, correct: correct, bins: 1)
      let count = Double(confidences.count)
      let accuracy = Double(correct.count { $0 }) / count
      expectClose(one.expectedError, abs(accuracy - confidences.reduce(0, +) / count), absolute: 1e-12)
      let many = try Calibration(confidences: confidences, correct: correct, bins: 15)
      #expect(many.expectedError >= one.expectedError - 1e-12, CaseContext.note)
      #expect(many.maximumError >= many.expectedError - 1e-12, CaseContext.note)
      #expect(many.bins.reduce(0) { $0 + $1.count } == confidences.count, CaseContext.note)
    }
  }

  @Test func refusesBadInput() {
    #expect(throws: EvaluationError.noSamples) { try Calibration(confidences: [], correct: []) }
    #expect(throws: EvaluationError.self) { try Calibration(confidences: [0.5], correct: []) }
    #expect(throws: EvaluationError.confidence(-0.1, sample: 0)) {
      try Calibration(confidences: [-0.1], correct: [true])
    }
    #expect(throws: EvaluationError.self) { try Calibration(confidences: [.nan], correct: [true]) }
    #expect(throws: EvaluationError.self) { try Calibration(confidences: [0.5], correct: [true], bins: 0) }
  }
}
