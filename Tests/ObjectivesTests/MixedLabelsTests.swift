import DataLoading
import LongtailTestSupport
import Objectives
import Testing
import Torch
import Transforms
import VisionModels

/// Labels of mixed images: every row objective is linear in them.
@Suite struct MixedLabelsTests {
  private func value(_ denominator: LossTerm.Denominator) throws -> Double {
    switch denominator {
    case .count(let count): Double(count)
    case .value(let tensor): try tensor.item()
    }
  }

  private func mixed(_ sample: ObjectiveSample, _ others: [Int], _ shares: [Double]) throws -> MixedLabels {
    MixedLabels(others: try Tensor(others), ownShares: try Tensor(shares).to(.float32))
  }

  @Test(arguments: ObjectiveKind.all) func shareOfEachLabel(kind: ObjectiveKind) throws {
    try withRandomCases(10) { generator in
      let sample = ObjectiveSample(using: &generator)
      let objective = try kind.make(sample.counts)
      let others = generator.integers(sample.rows, in: 0...sample.classes - 1)
      // A power of two is exact in float32.
      for share in [1, 0.75, 0] {
        let term = try objective.term(
          logits: sample.leaf(), labels: sample.labelTensor(),
          mixed: mixed(sample, others, Array(repeating: share, count: sample.rows)))
        let own = try objective.term(logits: sample.leaf(), labels: sample.labelTensor())
        let other = try objective.term(logits: sample.leaf(), labels: Tensor(others))
        let sum = try share * own.sum.item() + (1 - share) * other.sum.item()
        let divisor = try share * value(own.denominator) + (1 - share) * value(other.denominator)
        expectClose(try term.mean().item(), sum / divisor, relative: 1e-6, absolute: 1e-7)
      }
    }
  }

  /// Against cross-entropy with the targets written out.
  @Test func crossEntropyWithSoftTargets() throws {
    try withRandomCases(10) { generator in
      let sample = ObjectiveSample(using: &generator)
      let others = generator.integers(sample.rows, in: 0...sample.classes - 1)
      let shares = generator.numbers(sample.rows, in: 0...1).map { Double(Float($0)) }
      let labelSmoothing = 0.1
      let leaf = try sample.leaf()
      let term = try CrossEntropyLoss(labelSmoothing: labelSmoothing).term(
        logits: leaf, labels: sample.labelTensor(), mixed: mixed(sample, others, shares))
      let logarithms = try leaf.logSoftmax().doubles()
      var expected = 0.0
      for row in 0..<sample.rows {
        for label in 0..<sample.classes {
          let hard = (label == sample.labels[row] ? shares[row] : 0) + (label == others[row] ? 1 - shares[row] : 0)
          let target = (1 - labelSmoothing) * hard + labelSmoothing / Double(sample.classes)
          expected -= target * logarithms[row * sample.classes + label]
        }
      }
      expectClose(try term.mean().item(), expected / Double(sample.rows), relative: 1e-6)
    }
  }

  @Test func expertsAndSumsAcceptThem() throws {
    var generator = SeededGenerator(seed: 3)
    let sample = ObjectiveSample(using: &generator)
    let base = try BalancedSoftmaxLoss(counts: sample.counts)
    var batch = try sample.batch()
    batch.mixed = try mixed(
      sample, generator.integers(sample.rows, in: 0...sample.classes - 1), Array(repeating: 0.5, count: sample.rows))
    let plain = try base.terms(sample.output(), batch, at: startOfTraining()).total().item()
    let experts = try base.summedOverExperts().terms(sample.output(experts: 2), batch, at: startOfTraining())
    expectClose(try experts.total().item(), 2 * plain, relative: 1e-6)
    #expect((base + base.weighted(by: 2)).acceptsMixedLabels)
    #expect(base.summedOverExperts().acceptsMixedLabels)
    #expect(!Coupled().acceptsMixedLabels)
    #expect(!(base + Coupled()).acceptsMixedLabels)
  }
}

/// An objective that ignores mixed labels.
private struct Coupled: Objective {
  func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] { [] }
}
