import Datasets
import Foundation
import LongtailTestSupport
import ModelEvaluation
import Testing

@Suite struct ExpertCountsTests {
  /// Two experts, five images of three classes with 200, 50 and 5 training images.
  @Test func sharesEqualHandComputedOnes() throws {
    let classes = try ClassDistribution(counts: [200, 50, 5])
    var counts = ExpertCounts(experts: 2, classes: 3)
    try counts.add(predictions: [[0, 0, 1, 1, 0], [0, 1, 1, 2, 2]], labels: [0, 0, 1, 2, 2])
    let result = try counts.result(classes: classes)
    #expect(result.experts.map(\.accuracy) == [0.6, 0.8])
    #expect(result.experts[0].shotGroups == [.many: 1, .medium: 1, .few: 0])
    #expect(result.experts[1].shotGroups == [.many: 0.5, .medium: 1, .few: 1])
    #expect(result.agreement == [[1, 0.4], [0.4, 1]])
    #expect(result.meanAgreement == 0.4)
    #expect(result.shotGroupAgreement == [.many: 0.5, .medium: 1, .few: 0])
    #expect(result.routing == nil)
    try counts.addExpertsUsed([1, 2, 1, 1, 2], labels: [0, 0, 1, 2, 2])
    let routing = try #require(try counts.result(classes: classes).routing)
    #expect(routing.shares == [0.6, 0.4])
    #expect(routing.shotGroups == [.many: [0.5, 0.5], .medium: [1, 0], .few: [0.5, 0.5]])
    expectClose(routing.meanExperts, 1.4, relative: 1e-14)
    let coded = try JSONDecoder().decode(ExpertResult.self, from: JSONEncoder().encode(counts.result(classes: classes)))
    #expect(try coded == counts.result(classes: classes))
  }

  /// Parts of a set add up to the whole.
  @Test func partsAddUp() throws {
    try withRandomCases(20) { generator in
      let (experts, classes) = (Int.random(in: 2...4, using: &generator), Int.random(in: 2...5, using: &generator))
      var (whole, merged) = (
        ExpertCounts(experts: experts, classes: classes), ExpertCounts(experts: experts, classes: classes)
      )
      for _ in 0..<3 {
        let count = Int.random(in: 0...6, using: &generator)
        let predictions = (0..<experts).map { _ in generator.integers(count, in: 0...classes - 1).map(Int32.init) }
        let labels = generator.integers(count, in: 0...classes - 1).map(Int32.init)
        let used = generator.integers(count, in: 1...experts).map(Int32.init)
        var part = ExpertCounts(experts: experts, classes: classes)
        try part.add(predictions: predictions, labels: labels)
        try part.addExpertsUsed(used, labels: labels)
        try whole.add(predictions: predictions, labels: labels)
        try whole.addExpertsUsed(used, labels: labels)
        try merged.merge(part)
      }
      #expect(merged == whole)
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    var counts = ExpertCounts(experts: 2, classes: 2)
    let before = counts
    #expect(throws: EvaluationError.self) { try counts.add(predictions: [[0]], labels: [0]) }
    #expect(throws: EvaluationError.self) { try counts.add(predictions: [[0], [0, 1]], labels: [0]) }
    #expect(throws: EvaluationError.self) { try counts.add(predictions: [[0], [2]], labels: [0]) }
    #expect(throws: EvaluationError.experts(used: 3, experts: 2)) { try counts.addExpertsUsed([3], labels: [0]) }
    #expect(throws: EvaluationError.self) { try counts.merge(ExpertCounts(experts: 3, classes: 2)) }
    #expect(counts == before)
    let classes = try ClassDistribution(counts: [1, 1])
    #expect(throws: EvaluationError.noSamples) { try counts.result(classes: classes) }
    #expect(throws: EvaluationError.tooFewExperts(1)) {
      try ExpertCounts(experts: 1, classes: 2).result(classes: classes)
    }
  }
}
