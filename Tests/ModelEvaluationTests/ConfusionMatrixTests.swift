import Foundation
import ModelEvaluation
import Testing
import VisionData

@Suite struct ConfusionMatrixTests {
  private func example() throws -> ConfusionMatrix {
    var evaluation = try EvaluationAccumulator(classes: ClassDistribution(counts: [1, 1, 1]))
    try evaluation.update(predictions: [0, 1, 1, 2, 0, 0, 2], labels: [0, 0, 0, 1, 2, 2, 2])
    return try evaluation.result().confusion
  }

  @Test func countsPairs() throws {
    let confusion = try example()
    #expect(confusion[truth: 0, predicted: 1] == 2 && confusion[truth: 1, predicted: 1] == 0)
    #expect(confusion.entries.map(\.count).reduce(0, +) == 7)
    #expect(confusion.mostConfused(2).map { [$0.truth, $0.predicted, $0.count] } == [[0, 1, 2], [2, 0, 2]])
    #expect(confusion.mostConfused(99).count == 3)
  }

  @Test func codesAndValidates() throws {
    let confusion = try example()
    #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: JSONEncoder().encode(confusion)) == confusion)
    #expect(throws: EvaluationError.self) {
      try JSONDecoder().decode(
        ConfusionMatrix.self,
        from: Data(#"{"classCount":2,"entries":[{"truth":0,"predicted":2,"count":1}]}"#.utf8))
    }
  }
}
