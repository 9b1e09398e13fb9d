import Datasets
import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import Objectives
import Serialization
import Testing
import Torch

/// VS loss: the formula, its special cases, and a short run.
@Suite struct VectorScalingTests {
  private let counts = [60, 20, 5, 1]

  private func rows(_ loss: any RowObjective, _ logits: Tensor, _ labels: Tensor) throws -> [Double] {
    try loss.rows(loss.adjusted(logits, labels: labels), labels: labels).doubles()
  }

  @Test func lossIsThatOfTheFormula() throws {
    try withRandomCases(20) { generator in
      let (gamma, tau) = (Double.random(in: 0...1, using: &generator), Double.random(in: 0...2, using: &generator))
      let logits = generator.numbers(12, in: -4...4)
      let labels = [0, 2, 3]
      let scores = (0..<12).map { index in
        let count = Double(counts[index % 4])
        return pow(count / 60, gamma) * logits[index] + tau * log(count / 86)
      }
      let expected = labels.enumerated().map { row, label in
        let own = scores[4 * row..<4 * row + 4]
        return log(own.reduce(0) { $0 + exp($1) }) - own[4 * row + label]
      }
      let loss = try VectorScalingLoss(counts: counts, gamma: gamma, tau: tau)
      expectClose(
        try rows(loss, Tensor(logits, shape: [3, 4]), Tensor(labels.map(Int64.init))), expected, relative: 1e-12,
        absolute: 1e-12)
    }
  }

  @Test func gradientsAreThoseOfTheFormula() throws {
    let loss = try VectorScalingLoss(counts: counts, gamma: 0.3, tau: 1.2)
    let labels = try Tensor([Int64(1), 3])
    var generator = SeededGenerator(seed: 3)
    try expectGradients("vs-loss", of: [(generator.numbers(8, in: -2...2), [2, 4])]) { inputs in
      try loss.rows(loss.adjusted(inputs[0], labels: labels), labels: labels)
    }
  }

  @Test func withoutFactorItIsLogitAdjustment() throws {
    var generator = SeededGenerator(seed: 4)
    let logits = try Tensor(generator.numbers(8, in: -2...2), shape: [2, 4])
    let labels = try Tensor([Int64(0), 3])
    let ours = try VectorScalingLoss(counts: counts, gamma: 0, tau: 1.5)
    let theirs = try PriorAdjustment.training(counts: counts, tau: 1.5)
    expectClose(try rows(ours, logits, labels), try rows(theirs, logits, labels), relative: 1e-12)
  }

  @Test func equalCountsGiveCrossEntropy() throws {
    var generator = SeededGenerator(seed: 5)
    let logits = try Tensor(generator.numbers(8, in: -2...2), shape: [2, 4])
    let labels = try Tensor([Int64(2), 3])
    let ours = try VectorScalingLoss(counts: [7, 7, 7, 7], gamma: 0.4, tau: 1)
    expectClose(try rows(ours, logits, labels), try rows(CrossEntropyLoss(), logits, labels), relative: 1e-12)
  }

  @Test func strengthsAreThoseOfTheBenchmark() {
    #expect(VectorScaling(for: .cifar10LT).gamma == 0.2)
    #expect(VectorScaling(for: .cifar10LT).tau == 1.2)
    #expect(VectorScaling(for: .cifar100LT).gamma == 0.05)
    #expect(VectorScaling(for: .cifar100LT).tau == 0.75)
  }

  @Test func weightsComeInASecondPhase() throws {
    let classes = try ClassDistribution(counts: counts)
    let plain = try VectorScaling().recipe(named: "x", for: classes)
    #expect(plain.stages.map(\.phases.count) == [1])
    let weighted = try VectorScaling { $0.reweighting = Reweighting() }.recipe(named: "x", for: classes)
    #expect(weighted.stages[0].phases.map(\.from) == [.epochs(0), .epochs(160)])
  }

  @Test func settingsOutsideTheirRangesAreNamed() throws {
    let classes = try ClassDistribution(counts: counts)
    for (name, settings) in [
      ("gamma", VectorScaling { $0.gamma = -1 }), ("tau", VectorScaling { $0.tau = .nan }),
      ("training.labelSmoothing", VectorScaling { $0.training.labelSmoothing = 0.1 }),
    ] {
      #expect { try settings.recipe(named: "x", for: classes) } throws: { ($0 as? SettingFault)?.path == name }
    }
  }
}
