import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

@Suite struct LayerTests {
  private func set(_ tensor: Tensor, _ values: [Float]) throws {
    try withoutGradients { try tensor.copy(from: Tensor(values, shape: tensor.shape)) }
  }

  @Test func linearIsWorkedOutByHand() throws {
    let layer = try Linear(inputs: 2, outputs: 2, using: Initializer(seed: 0))
    try set(layer.weight, [1, 2, 3, 4])
    try set(#require(layer.bias), [10, 20])
    #expect(try layer(Tensor([Float(1), -1], shape: [1, 2])).floats() == [9, 19])
    let bare = try Linear(inputs: 2, outputs: 3, hasBias: false, using: Initializer(seed: 0))
    #expect(bare.bias == nil && bare.parameters.map(\.name) == ["weight"])
  }

  /// Scores are scaled cosines, whatever the lengths; a zero vector has cosine 0 and not a number.
  @Test func normalizedLinearIsWorkedOutByHand() throws {
    let layer = try NormalizedLinear(inputs: 2, outputs: 2, scale: 30, using: Initializer(seed: 0))
    try set(layer.weight, [0.5, 0, 3, 4])
    let scores = try layer(Tensor([Float(7), 0, 0, -2, 0, 0], shape: [3, 2])).doubles()
    expectClose(scores, [30, 18, 0, -24, 0, 0], relative: 1e-6)
    #expect(layer.parameters.map(\.name) == ["weight"])
    let input = try Tensor([Float(0), 0], shape: [1, 2]).requiringGradient()
    try layer(input).sum().backward()
    #expect(try input.gradient?.isFinite().all().item() == 1)
  }

  @Test func convolutionHasTheShapeOfItsSettings() throws {
    let layer = try Convolution2d(
      inputs: 4, outputs: 6, size: 3, stride: 2, padding: 1, groups: 2, hasBias: true, using: Initializer(seed: 0))
    #expect(layer.weight.shape == [6, 2, 3, 3] && layer.bias?.shape == [6])
    #expect(try layer(Tensor.ones([5, 4, 9, 7])).shape == [5, 6, 5, 4])
    try set(layer.weight, Array(repeating: 1, count: 108))
    // Every inner pixel sees two channels of nine ones.
    #expect(try layer(Tensor.ones([1, 4, 5, 5])).floats()[4] == 18)
  }

  @Test func batchNormalizationMovesRunningValues() throws {
    let layer = try BatchNormalization2d(channels: 1, momentum: 0.25, epsilon: 0, using: Initializer(seed: 0))
    let images = try Tensor([Float(1), 2, 3, 6], shape: [4, 1, 1, 1])
    let deviation = 3.5.squareRoot()
    expectClose(try layer(images).doubles(), [-2, -1, 0, 3].map { $0 / deviation }, relative: 1e-6, absolute: 1e-6)
    expectClose(try layer.runningMean.item(), 0.75, relative: 1e-6)
    // The running variance is the unbiased one, 14 / 3.
    expectClose(try layer.runningVariance.item(), 0.75 + 0.25 * 14 / 3, relative: 1e-6)
    layer.updatesRunningValues = false
    _ = try layer(images * 5.0)
    expectClose(try layer.runningMean.item(), 0.75, relative: 1e-6)
    layer.setTraining(false)
    let expected = [1, 2, 3, 6].map { ($0 - 0.75) / (0.75 + 0.25 * 14 / 3).squareRoot() }
    expectClose(try layer(images).doubles(), expected, relative: 1e-6)
  }

  @Test func chainsApplyInOrder() throws {
    let (first, second) = (
      try Linear(inputs: 2, outputs: 3, using: Initializer(seed: 1)),
      try Linear(inputs: 3, outputs: 1, using: Initializer(seed: 2))
    )
    let input = try Tensor.ones([4, 2])
    #expect(try Chain([first, second])(input).isEqual(to: second(first(input))))
    #expect(try Chain([])(input) === input)
  }
}
