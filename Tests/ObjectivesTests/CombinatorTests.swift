import LongtailTestSupport
import Objectives
import Testing
import Torch

/// Objectives made of objectives.
@Suite struct CombinatorTests {
  @Test func sumsAndWeightsAddUp() throws {
    try withRandomCases(10) { generator in
      let sample = ObjectiveSample(using: &generator)
      let (first, second) = (try CrossEntropyLoss(), try BalancedSoftmaxLoss(counts: sample.counts))
      let sum = first + second.weighted(by: -0.3)
      let terms = try sum.terms(sample.output(), sample.batch(), at: startOfTraining())
      #expect(terms.map(\.name) == ["cross-entropy", "balanced-softmax"])
      let expected = try sample.loss(first) - 0.3 * sample.loss(second)
      expectClose(try terms.total().item(), expected, relative: 1e-12, absolute: 1e-14)
      let halved = try sum.weighted(by: 0.5).terms(sample.output(), sample.batch(), at: startOfTraining())
      expectClose(try halved.total().item(), expected / 2, relative: 1e-12, absolute: 1e-14)
      #expect(halved.map(\.weight) == [0.5, -0.15])
    }
  }

  @Test func gradientsOfSumsAddUp() throws {
    var generator = SeededGenerator(seed: 7)
    let sample = ObjectiveSample(using: &generator)
    let (first, second) = (try FocalLoss(gamma: 2), try LDAMLoss(counts: sample.counts))
    let output = try sample.output()
    let terms = try (first + second.weighted(by: 2)).terms(output, sample.batch(), at: startOfTraining())
    let gradient = try #require(try gradients(of: [terms.total()], withRespectTo: [output.logits])[0])
    let expected = zip(try sample.gradient(first), try sample.gradient(second)).map { $0 + 2 * $1 }
    expectClose(try gradient.doubles(), expected, relative: 1e-11, absolute: 1e-14)
  }

  @Test func expertsAreAddedUp() throws {
    var generator = SeededGenerator(seed: 8)
    let sample = ObjectiveSample(using: &generator)
    let base = try BalancedSoftmaxLoss(counts: sample.counts)
    let objective = base.summedOverExperts()
    let terms = try objective.terms(sample.output(experts: 3), sample.batch(), at: startOfTraining())
    #expect(
      terms.map(\.name) == ["balanced-softmax/expert-0", "balanced-softmax/expert-1", "balanced-softmax/expert-2"])
    // The experts differ by a constant, to which a softmax is blind.
    expectClose(try terms.total().item(), try 3 * sample.loss(base), relative: 1e-12)
    #expect(throws: ObjectiveError.noExperts(objective: "balanced-softmax")) {
      try objective.terms(sample.output(), sample.batch(), at: startOfTraining())
    }
  }

  @Test func refusalsOfPartsAreRefusals() throws {
    let part = try BalancedSoftmaxLoss(counts: [5, 0])
    let objectives: [any Objective] = [
      try CrossEntropyLoss() + part, part.weighted(by: 2), part.summedOverExperts(), SumObjective([part]),
    ]
    for objective in objectives {
      try objective.validate(labels: [0])
      #expect(throws: ObjectiveError.labelOfExcludedClass(label: 1, index: 0)) {
        try objective.validate(labels: [1])
      }
    }
  }

  @Test func nothingToMinimiseIsAnError() throws {
    #expect(throws: EmptyObjective.self) { try [LossTerm]().total() }
  }

  /// A number on the device divides like one on the host.
  @Test func denominatorsDivide() throws {
    let sum = try Tensor(scalar: 6.0)
    #expect(try LossTerm("a", sum: sum, denominator: .count(4)).mean().item() == 1.5)
    #expect(try LossTerm("a", sum: sum, denominator: .value(Tensor(scalar: 1.5))).mean().item() == 4)
    let terms = [
      LossTerm("a", sum: sum, denominator: .count(2)), LossTerm("b", sum: sum, denominator: .count(3), weight: 0.5),
    ]
    #expect(try terms.total().item() == 4)
  }
}
