import LongtailTestSupport
import NeuralNetworks
import Objectives
import Testing
import Torch

/// The meta step of learned sampling probabilities.
@Suite struct MetaStepTests {
  private struct Sample {
    let drawn: MetaStep.Samples
    let meta: MetaStep.Samples
    let weight: Tensor
    let bias: Tensor
    let velocities: [Tensor]
  }

  private func sample(_ generator: inout SeededGenerator) throws -> Sample {
    func matrix(_ rows: Int, _ columns: Int) throws -> Tensor {
      try Tensor(generator.numbers(rows * columns, in: -1...1), shape: [rows, columns])
    }
    return Sample(
      drawn: MetaStep.Samples(features: try matrix(5, 3), labels: try Tensor(generator.integers(5, in: 0...3))),
      meta: MetaStep.Samples(features: try matrix(6, 3), labels: try Tensor(generator.integers(6, in: 0...3))),
      weight: try matrix(4, 3), bias: try Tensor(generator.numbers(4, in: -1...1)),
      velocities: [try matrix(4, 3), try Tensor(generator.numbers(4, in: -1...1))])
  }

  private func double(_ layer: Module) throws {
    try withoutGradients {
      for item in layer.state { try item.tensor.setData(item.tensor.detached().to(.float64)) }
    }
  }

  /// For every objective, with and without momentum and bias, the closed form equals backpropagation through the step.
  @Test(arguments: ObjectiveKind.all.filter { $0.name.contains("softmax") || $0.name.contains("focal") })
  func theClosedFormIsTheGradient(kind: ObjectiveKind) throws {
    try withRandomCases(6) { generator in
      let sample = try sample(&generator)
      let step = VirtualSGDStep(
        learningRate: try Tensor(scalar: 0.4), momentum: 0.9, weightDecay: Double.random(in: 0...0.1, using: &generator)
      )
      let metaStep = MetaStep(try kind.make([90, 40, 7, 2]), step: step)
      for hasBias in [true, false] {
        let layer = try Linear(inputs: 3, outputs: 4, hasBias: hasBias, using: Initializer(seed: 1))
        try double(layer)
        try layer.load(hasBias ? ["weight": sample.weight, "bias": sample.bias] : ["weight": sample.weight])
        let velocities = hasBias ? sample.velocities : [sample.velocities[0]]
        for velocities in [velocities, nil] {
          let closed = try metaStep.linear(
            weight: sample.weight, bias: hasBias ? sample.bias : nil, velocities: velocities, drawn: sample.drawn,
            meta: sample.meta)
          let general = try metaStep.differentiating(
            layer, velocities: velocities, drawn: sample.drawn, meta: sample.meta)
          expectClose(
            try closed.drawGradients.doubles(), try general.drawGradients.doubles(), relative: 1e-9, absolute: 1e-13)
          expectClose(try closed.metaLoss.item(), try general.metaLoss.item(), relative: 1e-12)
          expectClose(try closed.innerLosses.doubles(), try general.innerLosses.doubles(), relative: 1e-12)
          #expect(!closed.metaLoss.requiresGradient)
          #expect(!general.parameters[0].requiresGradient)
        }
      }
    }
  }

  /// Heads without a closed form: the gradient of each sample's weight against central differences of the meta loss.
  @Test func gradientsOfOtherHeadsEqualDifferences() throws {
    var generator = SeededGenerator(seed: 4)
    let sample = try sample(&generator)
    let heads: [any FunctionalLayer] = [
      try ScaledLinear(inputs: 3, outputs: 4, using: Initializer(seed: 1)),
      try NormalizedLinear(inputs: 3, outputs: 4, scale: .learned(start: 4), using: Initializer(seed: 2)),
    ]
    for head in heads {
      try double(head)
      let step = VirtualSGDStep(learningRate: try Tensor(scalar: 0.3), weightDecay: 0.01)
      let objective = try BalancedSoftmaxLoss(counts: [90, 40, 7, 2])
      func loss(_ weights: [Double]) throws -> Double {
        let before = try head.parameters.map { try $0.tensor.detached().clone().requiringGradient() }
        let logits = try head.applied(to: sample.drawn.features, parameters: before)
        let rows = try objective.rows(
          objective.adjusted(logits, labels: sample.drawn.labels), labels: sample.drawn.labels)
        let slopes = try gradients(of: [(rows * Tensor(weights)).mean()], withRespectTo: before).compactMap { $0 }
        return try head.applied(to: sample.meta.features, parameters: step(before, gradients: slopes))
          .crossEntropy(sample.meta.labels).item()
      }
      let result = try MetaStep(objective, step: step).differentiating(head, drawn: sample.drawn, meta: sample.meta)
      let ones = Array(repeating: 1.0, count: 5)
      expectClose(try result.metaLoss.item(), try loss(ones), relative: 1e-12)
      let slopes = try ones.indices.map { index in
        var (above, below) = (ones, ones)
        above[index] += 1e-5
        below[index] -= 1e-5
        return try (loss(above) - loss(below)) / 2e-5
      }
      expectClose(try result.drawGradients.doubles(), slopes, relative: 1e-6, absolute: 1e-9)
    }
  }

  /// Weights have mean 1, keep their ratios where every sigmoid underflows, and can be learned.
  @Test func classWeightsHaveMeanOne() throws {
    let labels = try Tensor([0, 2, 1, 0])
    try expectGradients("reweighter", of: [([-1, 0.5, 2], [3])]) {
      try MetaReweighter.weights(scores: $0[0], labels: labels)
    }
    let tiny = try MetaReweighter.weights(scores: Tensor([-2000.0, -2000, -2001]), labels: labels).doubles()
    expectClose(tiny.reduce(0, +), 4, relative: 1e-12)
    expectClose(tiny[0] / tiny[1], 2.718281828459045, relative: 1e-9)
    let initial = try MetaReweighter(classes: 3)
    expectClose(try initial.weights(labels: labels).doubles(), [1, 1, 1, 1], relative: 1e-6)
    #expect(try initial.weights(labels: Tensor([Int]())).elementCount == 0)
  }
}
