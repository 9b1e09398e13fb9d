import Foundation
import NeuralNetworks
import Testing

@Suite struct TrainingLengthTests {
  @Test func textsAreRead() {
    #expect(TrainingLength("160 epochs") == .epochs(160))
    #expect(TrainingLength("160ep") == .epochs(160))
    #expect(TrainingLength("1 epoch") == .epochs(1))
    #expect(TrainingLength("13000 steps") == .steps(13000))
    #expect(TrainingLength("1step") == .steps(1))
    let wrong = [
      "", "160", "epochs", "-1 epochs", "1.5 epochs", "160 hours", "160 epochs!", "99999999999999999999 steps",
    ]
    for text in wrong { #expect(TrainingLength(text) == nil, "\(text)") }
  }

  @Test func descriptionsAreReadBack() throws {
    for length in [TrainingLength.epochs(0), .epochs(200), .steps(1), .steps(.max)] {
      #expect(TrainingLength(length.description) == length)
      let data = try JSONEncoder().encode([length])
      #expect(try JSONDecoder().decode([TrainingLength].self, from: data) == [length])
    }
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([TrainingLength].self, from: Data(#"["10 days"]"#.utf8))
    }
    #expect("\(String(describing: error))".contains("10 days"))
  }

  @Test func endsHaveShares() {
    #expect(TrainingLength.epochs(200).start(ofLast: 0.2) == .epochs(160))
    #expect(TrainingLength.epochs(33).start(ofLast: 0.2) == .epochs(26))
    #expect(TrainingLength.steps(3).start(ofLast: 1) == .steps(0))
    #expect(TrainingLength.steps(.max).start(ofLast: 1e-30) == .steps(.max))
  }

  /// A length that no machine can train must not stop the program.
  @Test func stepsOfEnormousLengthsAreLimited() {
    #expect(TrainingLength.epochs(3).steps(stepsPerEpoch: 85) == 255)
    #expect(TrainingLength.steps(3).steps(stepsPerEpoch: 85) == 3)
    #expect(TrainingLength.epochs(.max).steps(stepsPerEpoch: 85) == .max)
  }
}
