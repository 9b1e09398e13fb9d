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
    func classIndices() -> [Int32] { generator.integers(count, in: 0...classes - 1).map(Int32.init) }
    return (
      (0..<models).map { _ in classIndices() }, classIndices(),
      try ClassDistribution(counts: generator.integers(classes, in: 1...300))
    )
  }

  /// Bias plus signed variance is the share of models whose prediction is wrong.
  @Test func biasAndVarianceAddUpToTheError() throws {
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
      #expect(result.overall.variance == 0)
      #expect(result.overall.bias == result.overall.error)
    }
  }

  @Test func groupsFollowTheRule() throws {
    let classes = try ClassDistribution(counts: [100, 20, 5])
    let predictions: [[Int32]] = [[0, 1, 2], [0, 2, 2]]
    let strict = try BiasVariance(predictions: predictions, labels: [0, 1, 2], classes: classes)
    #expect(strict.shotGroups.map(\.group) == [.medium, .few])
    #expect(strict.shotGroups[0].classCount == 2)
    #expect(strict.shotGroups[0].means.variance == 0.25)
    let inclusive = try BiasVariance(
      predictions: predictions, labels: [0, 1, 2], classes: classes, rule: .inclusive)
    #expect(inclusive.shotGroups.map(\.group) == [.many, .few])
    #expect(try JSONDecoder().decode(BiasVariance.self, from: JSONEncoder().encode(strict)) == strict)
  }

  /// With one model there is no variance, and the error is the bias.
  @Test func oneModelHasNoVariance() throws {
    let classes = try ClassDistribution(counts: [200, 50, 5])
    try withRandomCases(5) { generator in
      let (labels, predictions) = (generator.integers(20, in: 0...2), generator.integers(20, in: 0...2))
      let result = try BiasVariance(
        predictions: [predictions.map(Int32.init)], labels: labels.map(Int32.init), classes: classes)
      let wrong = Double(zip(labels, predictions).count { $0 != $1 }) / 20
      #expect(result.modelCount == 1)
      #expect(result.overall.variance == 0)
      expectClose(result.overall.bias, wrong, absolute: 1e-12)
      expectClose(result.overall.error, wrong, absolute: 1e-12)
      for sample in result.samples {
        #expect(sample.variance == 0)
        #expect(sample.error == sample.bias)
      }
      for group in result.shotGroups {
        #expect(group.means.variance == 0)
        #expect(group.means.error == group.means.bias)
      }
    }
  }

  @Test func refusesPredictionsThatDoNotFit() throws {
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
}
