import Datasets
import Foundation
import LongtailTestSupport
import ModelEvaluation
import Testing

@Suite struct ConfusionMatrixTests {
  private func example() throws -> ConfusionMatrix {
    var evaluation = try EvaluationAccumulator(classes: ClassDistribution(counts: [1, 1, 1]))
    try evaluation.update(predictions: [0, 1, 1, 2, 0, 0, 2], labels: [0, 0, 0, 1, 2, 2, 2])
    return try evaluation.result().confusion
  }

  @Test func countsPairs() throws {
    let confusion = try example()
    #expect(confusion[truth: 0, predicted: 1] == 2)
    #expect(confusion[truth: 1, predicted: 1] == 0)
    #expect(confusion.entries.map(\.count).reduce(0, +) == 7)
    #expect(confusion.mostConfused(2).map { [$0.truth, $0.predicted, $0.count] } == [[0, 1, 2], [2, 0, 2]])
    #expect(confusion.mostConfused(99).count == 3)
  }

  @Test func encodesEntriesAsTriples() throws {
    let confusion = try example()
    let text = String(decoding: try JSONEncoder().encode(confusion), as: UTF8.self)
    #expect(text.contains("[0,1,2]"))
    #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: Data(text.utf8)) == confusion)
    #expect(confusion.truthCounts == [3, 1, 3])
  }

  /// A file may hold anything; no number in it may trap.
  @Test(arguments: [
    #"{"classCount":2,"entries":[[0,2,1]]}"#, #"{"classCount":2,"entries":[[-1,0,1]]}"#,
    #"{"classCount":2,"entries":[[0,1]]}"#, #"{"classCount":2,"entries":[[0,1,0]]}"#,
    #"{"classCount":2,"entries":[[0,1,-5]]}"#, #"{"classCount":2,"entries":[[0,1,9223372036854775807]]}"#,
    #"{"classCount":2,"entries":[[0,1,1],[0,1,1]]}"#, #"{"classCount":-1,"entries":[]}"#,
    #"{"classCount":9223372036854775807,"entries":[[9223372036854775806,0,1]]}"#,
  ])
  func refusesInvalidEntries(text: String) {
    #expect(throws: EvaluationError.self) {
      try JSONDecoder().decode(ConfusionMatrix.self, from: Data(text.utf8))
    }
  }

  @Test func readsRowsOfCounts() throws {
    let confusion = try ConfusionMatrix(rows: [[3, 1], [0, 2]])
    #expect(confusion.entries.map { [$0.truth, $0.predicted, $0.count] } == [[0, 0, 3], [0, 1, 1], [1, 1, 2]])
    for rows in [[[1, 2]], [[1], [2]], [[1, 2], [3]], [[-1]]] {
      #expect(throws: EvaluationError.self) { try ConfusionMatrix(rows: rows) }
    }
  }

  /// Memory grows with the samples; all pairs of so many classes would need 80 GB.
  @Test(.timeLimit(.minutes(2))) func growsWithSamplesNotWithPairs() throws {
    let classCount = 100_000
    let classes = try ClassDistribution(counts: Array(repeating: 1, count: classCount))
    var evaluation = try EvaluationAccumulator(classes: classes)
    let labels = (0..<Int32(classCount)).map { $0 }
    try evaluation.update(predictions: labels.reversed(), labels: labels)
    let confusion = try evaluation.result().confusion
    #expect(confusion.entries.count == classCount)
    #expect(confusion.mostConfused(5).count == 5)
  }
}
