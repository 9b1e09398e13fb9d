import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Normalised classifiers and rules for the weights of classifiers.
@Suite struct NormalizedLinearTests {
  @Test(arguments: NormalizedLinear.FeatureLength.allCases)
  func gradientsAreSlopes(length: NormalizedLinear.FeatureLength) throws {
    var generator = SeededGenerator(seed: 6)
    let inputs: [(values: [Double], shape: [Int])] = [
      (generator.numbers(8, in: -2...2), [2, 4]), (generator.numbers(12, in: -2...2), [3, 4]), ([16], []),
    ]
    try expectGradients("\(length)", of: inputs) {
      try NormalizedLinear.products($0[0], weight: $0[1], featureLength: length) * $0[2]
    }
  }

  /// A feature without direction scores 0 and must not throw the backbone off.
  @Test func vectorsOfZerosGetNoGradient() throws {
    let features = try Tensor([0.0, 0, 3, 4], shape: [2, 2]).requiringGradient()
    let weight = try Tensor([1.0, 1, 0, 0], shape: [2, 2]).requiringGradient()
    let products = try NormalizedLinear.products(features, weight: weight)
    expectClose(try products.doubles(), [0, 0, 1.4 / 2.0.squareRoot(), 0], relative: 1e-12)
    let found = try gradients(of: [products.sum()], withRespectTo: [features, weight])
    #expect(try found[0]?.doubles().prefix(2) == [0, 0])
    #expect(try found[1]?.doubles().suffix(2) == [0, 0])
  }

  @Test func scalesAreLearned() throws {
    let initializer = Initializer(seed: 1)
    for (rule, key) in [
      (NormalizedLinear.Scale.learned(start: 16), "log_scale"), (.learnedSquare(rootStart: 4), "scale_root"),
    ] {
      let layer = try NormalizedLinear(inputs: 3, outputs: 2, scale: rule, using: initializer)
      #expect(layer.scale == 16 && layer.parameters.map(\.name) == ["weight", key])
      let plain = try NormalizedLinear(inputs: 3, outputs: 2, scale: 16, using: initializer)
      try plain.load(["weight": layer.weight])
      let x = try Tensor([Float(1), 2, -1], shape: [1, 3])
      expectClose(try layer(x).doubles(), try plain(x).doubles(), relative: 1e-5)
      try layer(x).sum().backward()
      #expect(layer.parameters[1].tensor.gradient != nil)
    }
    expectClose(try NormalizedLinear.leastScale(classes: 100, probability: 0.99), 9.19, absolute: 0.01)
    #expect(throws: ParameterError.self) { try NormalizedLinear.leastScale(classes: 1, probability: 0.5) }
    #expect(throws: ParameterError.self) { try NormalizedLinear.leastScale(classes: 2, probability: 1) }
  }

  /// The published initialisation: weights 4.6 times as long have a 21 times smaller effective learning rate, and stay untrained.
  @Test func classWeightsBeginShort() throws {
    let initializer = Initializer(seed: 3)
    for length in [NormalizedLinear.FeatureLength.unit, .kept] {
      let layer = try NormalizedLinear(
        inputs: 64, outputs: 100, scale: .fixed(30), featureLength: length, using: initializer)
      expectClose(
        try ClassifierWeights.norms(layer.weight).doubles(), [Double](repeating: 1, count: 100), relative: 1e-5)
      #expect(try layer.weight.requiresGradient && Set(layer.weight.floats()).count > 6_000)
    }
    let bounded = try NormalizedLinear(
      inputs: 64, outputs: 100, scale: .fixed(16), featureLength: .bounded, using: initializer)
    #expect(try bounded.weight.floats().allSatisfy { abs($0) <= 0.125 })
    let mean = try ClassifierWeights.norms(bounded.weight).doubles().reduce(0, +) / 100
    expectClose(mean, (1.0 / 3).squareRoot(), absolute: 0.02)
    let outline = try NormalizedLinear(
      inputs: 64, outputs: 100, scale: .fixed(30), using: Initializer.shapesOnly())
    #expect(outline.weight.shape == [100, 64])
  }

  @Test func classWeightsAreRescaled() throws {
    let weight = try Tensor([3.0, 4, 0, 0, 0.6, 0.8], shape: [3, 2])
    #expect(try ClassifierWeights.norms(weight).doubles() == [5, 0, 1])
    #expect(try ClassifierWeights.normalized(weight, tau: 0).isEqual(to: weight))
    expectClose(
      try ClassifierWeights.normalized(weight, tau: 1).doubles(), [0.6, 0.8, 0, 0, 0.6, 0.8], relative: 1e-14)
  }

  @Test func functionalLayersEqualThemselves() throws {
    let initializer = Initializer(seed: 8)
    let layers: [any FunctionalLayer] = [
      try Linear(inputs: 3, outputs: 2, using: initializer),
      try Linear(inputs: 3, outputs: 2, hasBias: false, using: initializer),
      try ScaledLinear(inputs: 3, outputs: 2, using: initializer),
      try NormalizedLinear(inputs: 3, outputs: 2, scale: .learned(start: 5), using: initializer),
    ]
    let x = try Tensor([Float(1), 2, -1, 0.5, 0, 3], shape: [2, 3])
    for layer in layers {
      #expect(try layer.applied(to: x, parameters: layer.parameters.map(\.tensor)).isEqual(to: layer(x)))
    }
  }
}
