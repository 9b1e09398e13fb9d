import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Values and gradients of layers as PyTorch has them.
@Suite struct LayerFixtureTests {
  private func layer(_ name: String) throws -> any Layer {
    let initializer = Initializer(seed: 0)
    switch name {
    case "layerNormalization": return try LayerNormalization(channels: 6, epsilon: 1e-6, using: initializer)
    case "gelu": return GELU()
    case "silu": return SiLU()
    case "relu": return ReLU()
    case "reluInPlace": return ReLU(isInPlace: true)
    case "maxPooling": return MaxPooling2d(size: 3, stride: 2, padding: 1)
    case "groupedConvolution":
      return try Convolution2d(
        inputs: 8, outputs: 12, size: 3, stride: 2, padding: 1, groups: 4, hasBias: true, using: initializer)
    case "attention", "attentionInSteps":
      let attention = try SelfAttention(width: 12, heads: 3, using: initializer)
      attention.usesFusedKernel = name == "attention"
      return attention
    case "attentionWithoutBias":
      return try SelfAttention(width: 12, heads: 2, hasJoinedBias: false, using: initializer)
    case "feedForward": return try FeedForward(width: 12, hidden: 24, using: initializer)
    case "squeezeExcitation": return try SqueezeExcitation(channels: 16, reduced: 8, using: initializer)
    case "linear": return try Linear(inputs: 4, outputs: 3, using: initializer)
    default: throw MissingLayer(name: name)
    }
  }

  private struct MissingLayer: Error { let name: String }

  @Test(arguments: [
    ("layerNormalization", "layerNormalization"), ("gelu", "gelu"), ("silu", "silu"), ("relu", "relu"),
    ("reluInPlace", "relu"), ("maxPooling", "maxPooling"), ("groupedConvolution", "groupedConvolution"),
    ("attention", "attention"), ("attentionInSteps", "attention"), ("attentionWithoutBias", "attentionWithoutBias"),
    ("feedForward", "feedForward"), ("squeezeExcitation", "squeezeExcitation"), ("linear", "linear"),
  ])
  func equalsPyTorch(name: String, stored: String) throws {
    let fixture = try #require(try LayerFixture.load().cases[stored])
    let layer = try layer(name)
    var weights = SeededGenerator(seed: fixture.seed)
    let report = try layer.load(weights.weights(layer.state.map { ($0.name, $0.tensor.shape) }))
    #expect(Set(report.matched) == Set(fixture.gradients.keys))
    var values = SeededGenerator(seed: 100 + fixture.seed)
    let input = try values.uniform(fixture.shape, -2, 2).requiringGradient()
    // A product, because a leaf cannot be changed in place.
    let output = try layer(input * 1.0)
    #expect(output.shape == fixture.outputShape)
    let close = { (actual: Tensor?, expected: [Double]) throws in
      expectClose(try actual?.doubles() ?? [], expected, relative: 2e-5, absolute: 2e-6)
    }
    try close(output, fixture.output)
    try (output * values.uniform(fixture.outputShape, 0.5, 1.5)).sum().backward()
    try close(input.gradient, fixture.inputGradient)
    for parameter in layer.allParameters {
      try CaseContext.with(parameter.name) {
        try close(parameter.tensor.gradient, #require(fixture.gradients[parameter.name]))
      }
    }
  }

  @Test func everyStoredLayerIsTested() throws {
    #expect(try LayerFixture.load().cases.count == 11)
  }

  /// Second derivatives too, except through the fused kernel.
  @Test func gradientsOfTransformerPartsAreThoseOfDifferences() throws {
    var generator = SeededGenerator(seed: 5)
    let input = (values: generator.numbers(24, in: -1...1), shape: [2, 3, 4])
    try expectGradients("GELU", of: [input]) { try $0[0].gelu() }
    try expectGradients("SiLU", of: [input]) { try $0[0].silu() }
    let scale = (values: generator.numbers(4, in: 0.5...1.5), shape: [4])
    let shift = (values: generator.numbers(4, in: -1...1), shape: [4])
    try expectGradients("layer normalisation", of: [input, scale, shift]) {
      try $0[0].layerNormalized(axes: [4], weight: $0[1], bias: $0[2], epsilon: 1e-3)
    }
    let parts = (0..<3).map { _ in (values: generator.numbers(24, in: -1...1), shape: [1, 2, 3, 4]) }
    try expectGradients("fused attention", of: parts, isTwiceDifferentiable: false) {
      try $0[0].attending(to: $0[1], values: $0[2])
    }
  }
}
