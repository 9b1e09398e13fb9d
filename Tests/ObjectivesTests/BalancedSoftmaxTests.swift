import Foundation
import LongtailTestSupport
import Objectives
import Testing
import Torch

@Suite struct BalancedSoftmaxTests {
  /// `-log(n[y] exp z[y] / sum n exp z)`, worked out with plain numbers.
  @Test func equalsTheFormula() throws {
    try withRandomCases(30) { generator in
      let sample = ObjectiveSample(using: &generator)
      let tau = Double.random(in: 0...2, using: &generator)
      var expected = 0.0
      for (row, label) in sample.labels.enumerated() {
        let powers = (0..<sample.classes).map {
          pow(Double(sample.counts[$0]), tau) * exp(sample.logits[row * sample.classes + $0])
        }
        expected -= log(powers[label] / powers.reduce(0, +)) / Double(sample.rows)
      }
      expectClose(try sample.loss(BalancedSoftmaxLoss(counts: sample.counts, tau: tau)), expected, relative: 1e-12)
    }
  }

  /// A class without images has probability 0 and slope 0, and the others are as if it did not exist, whatever `tau`.
  @Test(arguments: [0, 0.5, 1])
  func emptyClassesAreExcluded(tau: Double) throws {
    let sample = ObjectiveSample(logits: [[1, 7, -1], [0, 90, 0.5]], labels: [0, 2], counts: [50, 0, 5])
    let without = ObjectiveSample(logits: [[1, -1], [0, 0.5]], labels: [0, 1], counts: [50, 5])
    let (objective, smaller) = (
      try BalancedSoftmaxLoss(counts: sample.counts, tau: tau),
      try BalancedSoftmaxLoss(counts: without.counts, tau: tau)
    )
    expectClose(try sample.loss(objective), try without.loss(smaller), relative: 1e-13)
    let (gradient, expected) = (try sample.gradient(objective), try without.gradient(smaller))
    expectClose(
      gradient, [expected[0], 0, expected[1], expected[2], 0, expected[3]], relative: 1e-12, absolute: 1e-15)
    #expect(try objective.adjusted(sample.leaf(), labels: sample.labelTensor()).softmax().doubles()[1] == 0)
  }

  @Test func labelsOfExcludedClassesAreRefused() throws {
    let objective = try BalancedSoftmaxLoss(counts: [50, 0, 5])
    try objective.validate(labels: [0, 2, 2])
    var error = #expect(throws: ObjectiveError.self) { try objective.validate(labels: [0, 2, 1]) }
    #expect(error == .labelOfExcludedClass(label: 1, index: 2))
    error = #expect(throws: ObjectiveError.self) { try objective.validate(labels: [3]) }
    #expect("\(try #require(error))".contains("label of sample 0 is 3"))
    #expect(throws: ObjectiveError.self) { try objective.validate(labels: [-1]) }
    try BalancedSoftmaxLoss(counts: [50, 0, 5], countFloor: 1).validate(labels: [1])
  }

  @Test func refusesImpossibleSettings() throws {
    #expect(throws: ObjectiveError.noClasses) { try BalancedSoftmaxLoss(counts: [0, 0]) }
    #expect(throws: ObjectiveError.noClasses) { try BalancedSoftmaxLoss(counts: []) }
    #expect(throws: ObjectiveError.self) { try BalancedSoftmaxLoss(counts: [1, -2]) }
    #expect(throws: ObjectiveError.self) { try BalancedSoftmaxLoss(counts: [1, 2], tau: .nan) }
    #expect(throws: ObjectiveError.self) { try BalancedSoftmaxLoss(counts: [1, 2], countFloor: -1) }
    #expect(throws: ObjectiveError.self) { try BalancedSoftmaxLoss(counts: [1, 2], countFloor: .infinity) }
    _ = try BalancedSoftmaxLoss(counts: [0, 0], countFloor: 1)
  }

  /// Adding a prior to numbers around a million would lose it in single precision.
  @Test func aCommonShiftKeepsThePrior() throws {
    let logits: [Float] = [2, 0, -1, 1, 1, 3]
    let labels = try Tensor([0, 2])
    let objective = try BalancedSoftmaxLoss(counts: [500, 20, 3])
    let plain = try objective.loss(logits: Tensor(logits, shape: [2, 3]), labels: labels)
    let shifted = try objective.loss(logits: Tensor(logits.map { $0 + 1e6 }, shape: [2, 3]), labels: labels)
    #expect(try plain.isEqual(to: shifted))
  }

  @Test func oneClassIsAlwaysRight() throws {
    let sample = ObjectiveSample(logits: [[3], [-900]], labels: [0, 0], counts: [9])
    #expect(try sample.loss(BalancedSoftmaxLoss(counts: [9])) == 0)
    #expect(try sample.gradient(BalancedSoftmaxLoss(counts: [9])) == [0, 0])
  }
}
