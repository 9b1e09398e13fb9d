import Datasets
import Foundation
import LongtailTestSupport
import ModelEvaluation
import Testing

@Suite struct EvaluationAccumulatorTests {
  private struct Sample {
    let classes: ClassDistribution
    let logits: [Float]
    let labels: [Int32]
    var rows: [ArraySlice<Float>] {
      labels.indices.map { logits[$0 * classes.classCount..<($0 + 1) * classes.classCount] }
    }
  }

  /// Random logits; coarse values make ties common.
  private func randomSample(_ random: inout SeededGenerator, count: Int? = nil) throws -> Sample {
    let classCount = Int.random(in: 1...40, using: &random)
    let count = count ?? Int.random(in: 1...60, using: &random)
    let coarse = Bool.random(using: &random)
    let counts = random.integers(classCount - 1, in: 0...150) + [1]
    let logits = random.numbers(count * classCount, in: -6...6).map { Float(coarse ? $0.rounded() : $0) }
    let labels = random.integers(count, in: 0...classCount - 1).map(Int32.init)
    return Sample(classes: try ClassDistribution(counts: counts), logits: logits, labels: labels)
  }

  /// Every metric against a straightforward computation in double precision.
  @Test func agreesWithPlainComputation() throws {
    try withRandomCases(200) { random in
      let sample = try randomSample(&random)
      var evaluation = try EvaluationAccumulator(classes: sample.classes, topK: [1, 3, 50])
      let samples = try evaluation.update(logits: sample.logits, labels: sample.labels)
      let result = try evaluation.result()
      let orders = sample.rows.map { row -> [Int32] in
        row.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.map { Int32($0.offset) }
      }
      for k in [1, 3, 50] {
        let right = zip(orders, sample.labels).filter { $0.prefix(k).contains($1) }.count
        #expect(result.topK[k] == Double(right) / Double(sample.labels.count), CaseContext.note)
      }
      #expect(result.accuracy == result.topK[1], CaseContext.note)
      let confidences = sample.rows.map { row -> Double in
        let largest = Double(row.max() ?? 0)
        return 1 / row.reduce(0) { $0 + exp(Double($1) - largest) }
      }
      let predictions = orders.map { $0[0] }
      #expect(samples.map(\.label) == predictions, CaseContext.note)
      #expect(
        samples.map { Int($0.rank) } == zip(orders, sample.labels).map { $0.firstIndex(of: $1) }, CaseContext.note)
      expectClose(samples.map { Double($0.confidence) }, confidences, relative: 1e-6)
      try expectPredictionsGiveTheSame(sample, predictions, confidences, result)
    }
  }

  private func expectPredictionsGiveTheSame(
    _ sample: Sample, _ predictions: [Int32], _ confidences: [Double], _ result: EvaluationResult
  ) throws {
    var plain = try EvaluationAccumulator(classes: sample.classes)
    try plain.update(predictions: predictions, labels: sample.labels, confidences: confidences)
    let expected = try plain.result()
    #expect(result.perClass == expected.perClass, CaseContext.note)
    #expect(result.confusion == expected.confusion, CaseContext.note)
    #expect(result.shotGroups == expected.shotGroups, CaseContext.note)
    #expect(expected.topK.isEmpty, CaseContext.note)
    let calibration = try #require(result.calibration)
    let reference = try #require(expected.calibration)
    #expect(calibration.bins.map(\.count) == reference.bins.map(\.count), CaseContext.note)
    expectClose(calibration.bins.map(\.confidence), reference.bins.map(\.confidence), absolute: 1e-6)
    expectClose(calibration.expectedError, reference.expectedError, absolute: 1e-6)
  }

  /// Batches, single samples and merged parts give the same result as one batch.
  @Test func batchesAndPartsDoNotMatter() throws {
    try withRandomCases { random in
      let sample = try randomSample(&random)
      let width = sample.classes.classCount
      var whole = try EvaluationAccumulator(classes: sample.classes)
      try whole.update(logits: sample.logits, labels: sample.labels)
      let cut = Int.random(in: 0...sample.labels.count, using: &random)
      var first = try EvaluationAccumulator(classes: sample.classes)
      try first.update(logits: Array(sample.logits[..<(cut * width)]), labels: Array(sample.labels[..<cut]))
      var second = try EvaluationAccumulator(classes: sample.classes)
      for index in cut..<sample.labels.count {
        try second.update(
          logits: Array(sample.logits[index * width..<(index + 1) * width]), labels: [sample.labels[index]])
      }
      try first.merge(second)
      let (merged, expected) = (try first.result(), try whole.result())
      #expect(merged.perClass == expected.perClass, CaseContext.note)
      #expect(merged.topK == expected.topK, CaseContext.note)
      #expect(merged.confusion == expected.confusion, CaseContext.note)
      expectClose(
        try #require(merged.calibration).expectedError, try #require(expected.calibration).expectedError,
        absolute: 1e-12)
    }
  }

  /// A batch that is large enough for several processors gives what its rows give one by one.
  @Test func largeBatchesAgreeWithSmallOnes() throws {
    var random = SeededGenerator(seed: 4)
    let classes = try ClassDistribution(counts: (0..<100).map { 200 - 2 * $0 })
    let logits = random.numbers(4000 * 100, in: -5...5).map(Float.init)
    let labels = random.integers(4000, in: 0...99).map(Int32.init)
    var large = try EvaluationAccumulator(classes: classes)
    try large.update(logits: logits, labels: labels)
    var small = try EvaluationAccumulator(classes: classes)
    for start in stride(from: 0, to: 4000, by: 500) {
      try small.update(
        logits: Array(logits[start * 100..<(start + 500) * 100]), labels: Array(labels[start..<start + 500]))
    }
    #expect(try large.result() == small.result())
  }

  /// On a balanced set the accuracy is the mean of the groups weighted by their classes, and the balanced accuracy.
  @Test func groupsAverageToTheAccuracy() throws {
    try withRandomCases { random in
      let classCount = Int.random(in: 1...30, using: &random)
      let classes = try ClassDistribution(counts: random.integers(classCount, in: 1...200))
      let labels = (0..<classCount * 7).map { Int32($0 % classCount) }
      let predictions = random.integers(labels.count, in: 0...classCount - 1).map(Int32.init)
      var evaluation = try EvaluationAccumulator(classes: classes)
      try evaluation.update(predictions: predictions, labels: labels)
      let result = try evaluation.result()
      let weighted = result.shotGroups.reduce(0) { $0 + $1.accuracy * Double($1.classCount) }
      expectClose(result.accuracy, weighted / Double(classCount), absolute: 1e-12)
      expectClose(result.accuracy, result.balancedAccuracy, absolute: 1e-12)
      #expect(result.shotGroups.reduce(0) { $0 + $1.classCount } == classCount, CaseContext.note)
    }
  }

  /// Renaming the classes permutes the per-class results and changes nothing else.
  @Test func permutingClassesPermutesTheResult() throws {
    try withRandomCases { random in
      let sample = try randomSample(&random)
      let predictions = random.integers(sample.labels.count, in: 0...sample.classes.classCount - 1)
      let order = Array(0..<sample.classes.classCount).shuffled(using: &random)
      var counts = sample.classes.counts
      for (old, new) in order.enumerated() { counts[new] = sample.classes.counts[old] }
      var plain = try EvaluationAccumulator(classes: sample.classes)
      try plain.update(predictions: predictions.map(Int32.init), labels: sample.labels)
      var renamed = try EvaluationAccumulator(classes: ClassDistribution(counts: counts))
      try renamed.update(
        predictions: predictions.map { Int32(order[$0]) }, labels: sample.labels.map { Int32(order[Int($0)]) })
      let (first, second) = (try plain.result(), try renamed.result())
      #expect(first.accuracy == second.accuracy, CaseContext.note)
      expectClose(first.macroF1, second.macroF1, absolute: 1e-12)
      for group in ShotGroup.allCases {
        expectClose(first.accuracy(of: group) ?? -1, second.accuracy(of: group) ?? -1, absolute: 1e-12)
      }
      for (old, new) in order.enumerated() {
        #expect(first.perClass[old].correctCount == second.perClass[new].correctCount, CaseContext.note)
      }
    }
  }

  @Test func tiesGoToTheLowerClass() throws {
    var evaluation = try EvaluationAccumulator(classes: ClassDistribution(counts: [1, 1, 1]), topK: [1, 2])
    try evaluation.update(logits: [2, 2, 2, 0, 1, 1, -.infinity, 0, -.infinity], labels: [1, 2, 2])
    let result = try evaluation.result()
    #expect(result.confusion[truth: 1, predicted: 0] == 1)
    #expect(result.confusion[truth: 2, predicted: 1] == 2)
    // Label 1 of three equal logits ranks second; so does 2 after 1; class 2 follows 1 and the equal 0.
    #expect(result.topK == [1: 0, 2: 2.0 / 3])
  }

  @Test func emptyGroupsAndMissingPartsAreAbsent() throws {
    let classes = try ClassDistribution(counts: [500, 50, 5], names: ["a", "b", "c"])
    var evaluation = try EvaluationAccumulator(classes: classes)
    try evaluation.update(predictions: [0, 2, 1], labels: [0, 0, 1])
    let result = try evaluation.result()
    #expect(result.shotGroups.map(\.group) == [.many, .medium])
    #expect(result.accuracy(of: .few) == nil)
    #expect(result.accuracy(of: .many) == 0.5)
    #expect(result.shotGroups.map(\.condition) == ["> 100", "20...100"])
    #expect(result.calibration == nil)
    #expect(result.topK.isEmpty)
    #expect(result.perClass[2].recall == nil)
    #expect(result.perClass[2].precision == 0)
    #expect(result.balancedAccuracy == 0.75)
    expectClose(result.macroPrecision, 2.0 / 3, relative: 1e-15)
    let stored = try JSONDecoder().decode(EvaluationResult.self, from: JSONEncoder().encode(result))
    #expect(stored == result)
  }

  @Test func badBatchesAddNothing() throws {
    var evaluation = try EvaluationAccumulator(classes: ClassDistribution(counts: [1, 1]))
    #expect(throws: EvaluationError.noSamples) { try evaluation.result() }
    #expect(throws: EvaluationError.logitCount(got: 3, samples: 2, classes: 2)) {
      try evaluation.update(logits: [1, 2, 3], labels: [0, 1])
    }
    #expect(throws: EvaluationError.outOfRange("label", value: 2, sample: 1, classes: 2)) {
      try evaluation.update(logits: [1, 2, 3, 4], labels: [0, 2])
    }
    for row in [[Float.nan, 1], [1, .nan], [.infinity, 1], [-.infinity, -.infinity]] {
      #expect(throws: EvaluationError.notFinite(sample: 1)) {
        try evaluation.update(logits: [1, 2] + row, labels: [0, 1])
      }
    }
    #expect(throws: EvaluationError.lengths("predictions", got: 1, samples: 2)) {
      try evaluation.update(predictions: [1], labels: [0, 1])
    }
    #expect(throws: EvaluationError.outOfRange("prediction", value: -1, sample: 0, classes: 2)) {
      try evaluation.update(predictions: [-1], labels: [0])
    }
    #expect(throws: EvaluationError.confidence(1.5, sample: 0)) {
      try evaluation.update(predictions: [1], labels: [0], confidences: [1.5])
    }
    #expect(evaluation.sampleCount == 0)
  }

  @Test func refusesUnusableSettings() throws {
    let classes = try ClassDistribution(counts: [1, 1])
    #expect(throws: EvaluationError.self) { try EvaluationAccumulator(classes: classes, topK: [0]) }
    #expect(throws: EvaluationError.self) { try EvaluationAccumulator(classes: classes, bins: 0) }
    var plain = try EvaluationAccumulator(classes: classes)
    for other in [
      try EvaluationAccumulator(classes: ClassDistribution(counts: [1, 2])),
      try EvaluationAccumulator(classes: classes, topK: [1]), try EvaluationAccumulator(classes: classes, bins: 10),
      try EvaluationAccumulator(classes: classes, rule: .inclusive),
    ] {
      #expect(throws: EvaluationError.self) { try plain.merge(other) }
    }
  }
}
