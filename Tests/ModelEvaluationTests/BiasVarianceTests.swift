import Datasets
import Foundation
import LongtailTestSupport
import ModelEvaluation
import Testing

@Suite struct BiasVarianceTests {
  private func draw(_ generator: inout SeededGenerator) throws -> (
    predictions: [[Int32]], labels: [Int32], classes: ClassDistribution
  ) {
    let classes = Int.random(in: 2...5, using: &generator)
    let count = Int.random(in: 1...20, using: &generator)
    let models = Int.random(in: 2...6, using: &generator)
    func answers() -> [Int32] { generator.integers(count, in: 0...classes - 1).map(Int32.init) }
    return (
      (0..<models).map { _ in answers() }, answers(),
      try ClassDistribution(counts: generator.integers(classes, in: 1...300))
    )
  }

  /// The decomposition is one: bias and signed variance give the share of models that are wrong.
  @Test func partsGiveTheError() throws {
    try withRandomCases { generator in
      let (predictions, labels, classes) = try draw(&generator)
      let result = try BiasVariance(predictions: predictions, labels: labels, classes: classes)
      let errors = labels.indices.map { index in
        Double(predictions.count { $0[index] != labels[index] }) / Double(predictions.count)
      }
      expectClose(result.samples.map(\.error), errors, absolute: 1e-14)
      expectClose(result.overall.error, errors.reduce(0, +) / Double(errors.count), absolute: 1e-14)
      for (index, sample) in result.samples.enumerated() {
        let votes = predictions.map { Int($0[index]) }
        let most = Set(votes).map { vote in votes.count { $0 == vote } }.max()
        #expect(votes.count { $0 == sample.mainPrediction } == most)
        #expect(!Set(votes).contains { vote in vote < sample.mainPrediction && votes.count { $0 == vote } == most })
      }
      // Every class with images belongs to one group.
      #expect(
        result.shotGroups.reduce(0) { $0 + $1.classCount } == result.perClass.count { $0.means != nil })
      let order = Array(predictions.reversed())
      #expect(try BiasVariance(predictions: order, labels: labels, classes: classes) == result)
    }
  }

  @Test func equalModelsHaveNoVariance() throws {
    try withRandomCases(20) { generator in
      let (predictions, labels, classes) = try draw(&generator)
      let result = try BiasVariance(
        predictions: Array(repeating: predictions[0], count: 3), labels: labels, classes: classes)
      #expect(result.overall.variance == 0 && result.overall.bias == result.overall.error)
    }
  }

  @Test func groupsFollowTheRule() throws {
    let classes = try ClassDistribution(counts: [100, 20, 5])
    let predictions: [[Int32]] = [[0, 1, 2], [0, 2, 2]]
    let strict = try BiasVariance(predictions: predictions, labels: [0, 1, 2], classes: classes)
    #expect(strict.shotGroups.map(\.group) == [.medium, .few] && strict.shotGroups[0].classCount == 2)
    #expect(strict.shotGroups[0].means.variance == 0.25)
    let inclusive = try BiasVariance(
      predictions: predictions, labels: [0, 1, 2], classes: classes, rule: .inclusive)
    #expect(inclusive.shotGroups.map(\.group) == [.many, .few])
    #expect(try JSONDecoder().decode(BiasVariance.self, from: JSONEncoder().encode(strict)) == strict)
  }

  /// One model agrees with itself: no variance, and its error is its bias.
  @Test func oneModelHasNoVariance() throws {
    let classes = try ClassDistribution(counts: [200, 50, 5])
    try withRandomCases(5) { generator in
      let (labels, answers) = (generator.integers(20, in: 0...2), generator.integers(20, in: 0...2))
      let result = try BiasVariance(
        predictions: [answers.map(Int32.init)], labels: labels.map(Int32.init), classes: classes)
      let wrong = Double(zip(labels, answers).count { $0 != $1 }) / 20
      #expect(result.modelCount == 1 && result.overall.variance == 0)
      #expect(abs(result.overall.bias - wrong) < 1e-12 && abs(result.overall.error - wrong) < 1e-12)
      for sample in result.samples { #expect(sample.variance == 0 && sample.error == sample.bias) }
      for group in result.shotGroups { #expect(group.means.variance == 0 && group.means.error == group.means.bias) }
      let logits = labels.map { _ in generator.numbers(3, in: -2...2) }
      let squared = try SquaredBiasVariance(logits: [logits], labels: labels.map(Int32.init))
      #expect(squared.variances.allSatisfy { $0 == 0 } && squared.expectedSquaredErrors == squared.squaredBiases)
    }
  }

  @Test func refusesWhatCannotBeTakenTogether() throws {
    let classes = try ClassDistribution(counts: [5, 5])
    func attempt(_ predictions: [[Int32]], _ labels: [Int32]) -> EvaluationError? {
      #expect(throws: EvaluationError.self) {
        try BiasVariance(predictions: predictions, labels: labels, classes: classes)
      }
    }
    #expect(attempt([], [0]) == .tooFewModels(0))
    #expect(attempt([[0], [0, 1]], [0]) == .lengths("predictions", got: 2, samples: 1))
    #expect(attempt([[], []], []) == .noSamples)
    #expect(attempt([[0], [2]], [0]) == .outOfRange("prediction", value: 2, sample: 0, classes: 2))
    #expect(attempt([[0], [1]], [-1]) == .outOfRange("label", value: -1, sample: 0, classes: 2))
  }

  /// The squared parts add up to the mean squared error over models.
  @Test func squaredPartsGiveTheError() throws {
    try withRandomCases(20) { generator in
      let (models, count, classes) = (3, 4, 5)
      let logits = (0..<models).map { _ in
        (0..<count).map { _ in generator.numbers(classes, in: -4...4) }
      }
      let labels = generator.integers(count, in: 0...classes - 1).map(Int32.init)
      let result = try SquaredBiasVariance(logits: logits, labels: labels)
      let errors = (0..<count).map { sample in
        logits.reduce(0) { sum, model in
          let powers = model[sample].map { exp($0) }
          let total = powers.reduce(0, +)
          return sum
            + powers.enumerated().reduce(0) {
              let difference = $1.element / total - ($1.offset == Int(labels[sample]) ? 1 : 0)
              return $0 + difference * difference
            } / Double(models)
        }
      }
      expectClose(result.expectedSquaredErrors, errors, relative: 1e-12, absolute: 1e-15)
      expectClose(result.meanProbabilities.map { $0.reduce(0, +) }, Array(repeating: 1, count: count), relative: 1e-13)
    }
    #expect(throws: EvaluationError.tooFewModels(0)) { try SquaredBiasVariance(logits: [], labels: [0]) }
    #expect(throws: EvaluationError.self) { try SquaredBiasVariance(logits: [[[1, 2]], [[1]]], labels: [0]) }
  }
}
