import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Narrow networks with weights from files of PyTorch: the same keys, scores and gradients.
@Suite struct ImageNetworkTests {
  private func loaded(_ name: String) throws -> (ImageClassifier, ImageNetworkFixture.Case, Tensor) {
    let fixture = try #require(try ImageNetworkFixture.load().cases[name])
    let model = try NarrowNetwork.classifier(name)
    try model.load(ImageNetworkFixture.weights(name), source: name)
    var images = SeededGenerator(seed: 1000 + fixture.seed)
    return (model, fixture, try images.uniform([3, 3, 48, 48], -2, 2))
  }

  private func expectScores(_ scores: Tensor, _ expected: [Double]) throws {
    expectClose(try scores.doubles(), expected, relative: 1e-4, absolute: 1e-4)
  }

  @Test func everyStoredNetworkIsTested() throws {
    #expect(Set(try ImageNetworkFixture.load().cases.keys) == Set(NarrowNetwork.names))
  }

  @Test(arguments: NarrowNetwork.names)
  func keysAndShapesEqualPyTorch(name: String) throws {
    let (model, fixture, _) = try loaded(name)
    #expect(model.state.map(\.name) == fixture.keys)
    #expect(model.state.map(\.tensor.shape) == fixture.shapes)
  }

  @Test(arguments: NarrowNetwork.names, [MemoryFormat.contiguous, .channelsLast])
  func scoresEqualPyTorch(name: String, format: MemoryFormat) throws {
    let (model, fixture, images) = try loaded(name)
    try model.move(to: .cpu, format: format)
    model.setTraining(false)
    let output = try model(images.contiguous(format))
    try expectScores(output.logits, fixture.evaluation)
    #expect(output.expertLogits.count == fixture.experts.count)
    for (scores, expected) in zip(output.expertLogits, fixture.experts) { try expectScores(scores, expected) }
    model.setTraining(true)
    try expectScores(model(images.contiguous(format)).logits, fixture.training)
  }

  /// A transformer interpolates its position embedding, a convolutional network just has larger maps.
  @Test(arguments: NarrowNetwork.names.filter { $0 != "distilled" })
  func scoresOfOtherSizesEqualPyTorch(name: String) throws {
    let (model, fixture, _) = try loaded(name)
    model.setTraining(false)
    var images = SeededGenerator(seed: 2000 + fixture.seed)
    try expectScores(model(images.uniform([1, 3, 80, 64], -2, 2)).logits, fixture.otherSize)
  }

  @Test(arguments: NarrowNetwork.names)
  func gradientsEqualPyTorch(name: String) throws {
    let (model, fixture, images) = try loaded(name)
    try model(images).logits.crossEntropy(Tensor([1, 4, 2])).backward()
    for parameter in model.allParameters {
      let gradient = try #require(parameter.tensor.gradient, "\(parameter.name)").doubles()
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let expected = try #require(fixture.gradientNorms[parameter.name])
      try CaseContext.with("\(name) \(parameter.name)") {
        expectClose(length, expected, relative: 2e-3, absolute: 1e-5)
        let projection = try Tensor(gradient) * Tensor.range(0, gradient.count, dtype: .float64).cos()
        expectClose(
          try projection.sum().item(), try #require(fixture.gradientSums[parameter.name]),
          absolute: 5e-3 * expected + 1e-5
        )
      }
    }
  }

  /// bfloat16 products change scores little, and every parameter still learns.
  @Test(arguments: NarrowNetwork.names)
  func shortProductsGiveNearlyTheSame(name: String) throws {
    let (model, fixture, images) = try loaded(name)
    try model.move(to: .cpu, format: .channelsLast)
    let scores = try withAutocast(.bfloat16, on: .cpu) { try model(images.contiguous(.channelsLast)).logits }
    expectClose(try scores.doubles(), fixture.training, absolute: 0.15)
    try scores.to(.float32).crossEntropy(Tensor([1, 4, 2])).backward()
    for parameter in model.allParameters {
      let gradient = try #require(parameter.tensor.gradient, "\(parameter.name)")
      #expect(gradient.dtype == .float32)
      #expect(try gradient.isFinite().all().item() == 1 && gradient.magnitude().sum().item() > 0, "\(parameter.name)")
    }
  }

  /// With the last normalisation of each block at 0, a block passes on what its shortcut gives.
  @Test func blocksCanStartAsIdentities() throws {
    let plan = ResNetPlan(block: .bottleneck, depths: [2], planes: [4], stemChannels: 16)
    var images = SeededGenerator(seed: 1)
    for network: any StagedBackbone in [
      try ResNet(plan, using: Initializer(seed: 1)), try CIFARResNet(blocksPerStage: 2, using: Initializer(seed: 1)),
    ] {
      let images = try images.uniform([2, 16, 5, 5], 0, 1)
      #expect(try !network.stages[0](images).isEqual(to: images))
      try network.zeroInitializeResiduals()
      #expect(try network.stages[0](images).isEqual(to: images))
    }
    let transformer = try BackboneRegistry.backbone(named: "vit_tiny_patch16_224").backbone(using: .shapesOnly())
    #expect { try transformer.zeroInitializeResiduals() } throws: { "\($0)".contains("zeroInitializedResiduals") }
  }

  @Test func tokensOfTransformersAreGiven() throws {
    let (model, _, images) = try loaded("distilled")
    model.setTraining(false)
    let output = try model(images)
    #expect(output.expertFeatures.map(\.shape) == [[3, 24], [3, 24]] && output.features?.shape == [3, 24])
    let backbone = try #require(model.backbone as? VisionTransformer)
    #expect(try backbone.tokens(images).shape == [3, 11, 24])
    #expect(try backbone(images).isEqual(to: output.expertFeatures[0]))
    #expect(model.headNames == ["head", "head_dist"] && model.isHead("head_dist.bias") && !model.isHead("norm.bias"))
  }

  @Test(arguments: [40, 8])
  func transformersRefuseOtherGrids(side: Int) throws {
    let model = try NarrowNetwork.classifier("transformer")
    let error = #expect(throws: ModelError.self) { try model(Tensor.zeros([1, 3, side, side])) }
    #expect(error?.description.contains("multiples of 16") == true)
    #expect(throws: ModelError.self) { try model.operationCounts(inputSize: side) }
  }

  /// Drop-path draws in every block but the first; the source reaches all of them, and evaluation draws nothing.
  @Test func dropPathIsConnected() throws {
    let options = BackboneOptions(dropPath: 0.5)
    let model = try BackboneRegistry.backbone(named: "deit_tiny_patch16_224").classifier(
      head: .linear, classes: 3, seed: 0, options: options)
    var inputs = SeededGenerator(seed: 1)
    let images = try inputs.uniform([2, 3, 32, 32], -1, 1)
    #expect(throws: MissingRandomSource.self) { try model(images) }
    let step = try Tensor.zeros([], dtype: .int64)
    model.connectRandomLayers(to: RandomSource(seed: 1, step: step))
    let first = try withoutGradients { try model(images).logits.doubles() }
    #expect(try withoutGradients { try model(images).logits.doubles() } == first)
    try step.add(1)
    #expect(try withoutGradients { try model(images).logits.doubles() } != first)
    model.setTraining(false)
    #expect(try withoutGradients { try model(images).logits.isEqual(to: model(images).logits) })
  }
}
