import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

@Suite struct CIFARResNetTests {
  private func classifier(_ name: String, classes: Int = 10) throws -> ImageClassifier {
    try BackboneRegistry.backbone(named: name).classifier(head: .linear, classes: classes, seed: 0)
  }

  @Test(arguments: ["resnet20", "resnet32", "resnet44", "resnet56"])
  func keysAndShapesEqualPyTorch(name: String) throws {
    let fixture = try #require(try ResidualNetworkFixture.load().cases[name])
    let model = try classifier(name)
    #expect(model.state.map(\.name) == fixture.keys)
    #expect(model.state.map(\.tensor.shape) == fixture.shapes)
    #expect(model.parameterCount == fixture.parameters)
    #expect(model.state[0].name == "conv1.weight" && model.state.last?.name == "linear.bias")
  }

  @Test(arguments: ["resnet20", "resnet32", "resnet44", "resnet56"], [MemoryFormat.contiguous, .channelsLast])
  func scoresEqualPyTorch(name: String, format: MemoryFormat) throws {
    let fixture = try #require(try ResidualNetworkFixture.load().cases[name])
    let depth = try #require(UInt64(name.dropFirst(6)))
    let model = try classifier(name)
    var generator = SeededGenerator(seed: depth)
    try model.load(generator.weights(model.state.map { ($0.name, $0.tensor.shape) }), strict: false)
    try model.move(to: .cpu, format: format)
    var inputs = SeededGenerator(seed: 1000 + depth)
    let images = try inputs.uniform([2, 3, 32, 32], -2, 2).contiguous(format)
    model.setTraining(false)
    expectClose(
      try model(images).logits.doubles(), fixture.evaluation.flatMap(\.self), relative: 1e-4, absolute: 1e-4)
    model.setTraining(true)
    expectClose(
      try model(images).logits.doubles(), fixture.training.flatMap(\.self), relative: 1e-4, absolute: 1e-4)
  }

  /// Stem 3·16·9, ten convolutions of 16·16·9, the stages of 32 and 64 channels with one widening convolution each and nine
  /// full ones, two values per channel of the 31 normalisations, and 100 · 64 weights and 100 biases.
  @Test func parametersOfResNet32AreCountedByHand() throws {
    let convolutions = 432 + 10 * 2304 + (4608 + 9 * 9216) + (18432 + 9 * 36864)
    let normalizations = 2 * (11 * 16 + 10 * 32 + 10 * 64)
    #expect(convolutions + normalizations == 463_504)
    #expect(try classifier("resnet32", classes: 100).parameterCount == 463_504 + 6_500)
  }

  /// One operation per multiplication: each weight of a convolution once per pixel of its result.
  @Test func operationsOfResNet32AreCountedByHand() throws {
    let stem = 432 * 32 * 32
    let first = 10 * 2304 * 32 * 32
    let second = (4608 + 9 * 9216) * 16 * 16
    let third = (18432 + 9 * 36864) * 8 * 8
    let head = 64 * 100
    #expect(stem + first + second + third + head == 68_868_352)
    #expect(try classifier("resnet32", classes: 100).operationCounts(inputSize: 32).total == 68_868_352)
    // Twice the side is four times the pixels.
    let large = try classifier("resnet32", classes: 100).operationCounts(inputSize: 64)
    #expect(large.total == 4 * (68_868_352 - head) + head && large.linear == head)
  }

  /// The shortcut takes every second pixel and adds as many empty channels before as after.
  @Test func shortcutsOfTheWideningBlocksAreExact() throws {
    let model = try CIFARResNet(blocksPerStage: 1, using: Initializer(seed: 0))
    let block = try #require(model.allModules.first { $0.name == "layer2.0" }?.module as? CIFARBlock)
    for parameter in block.allParameters where parameter.name.hasPrefix("bn2") {
      try withoutGradients { try parameter.tensor.fill(0) }
    }
    let images = try Tensor.range(0, 2 * 16 * 4 * 4, dtype: .float32).reshaped([2, 16, 4, 4])
    let result = try block(images)
    #expect(result.shape == [2, 32, 2, 2])
    let coarse = try images.sliced(axis: 2, step: 2).sliced(axis: 3, step: 2)
    #expect(try result.narrowed(axis: 1, start: 8, count: 16).contiguous().detached().isEqual(to: coarse.contiguous()))
    #expect(try result.narrowed(axis: 1, start: 0, count: 8).magnitude().sum().item() == 0)
    #expect(try result.narrowed(axis: 1, start: 24, count: 8).magnitude().sum().item() == 0)
  }

  /// Odd sides shrink like those of the convolutions beside the shortcut.
  @Test(arguments: [5, 7, 8, 33])
  func anySideFits(side: Int) throws {
    let model = try classifier("resnet20")
    #expect(try model(Tensor.ones([2, 3, side, side])).logits.shape == [2, 10])
  }
}
