import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Learned activations and gates in backbones.
@Suite struct ReplacedActivationTests {
  /// 16 bottlenecks of three activations each and the stem's; three a basic block of two, and so on.
  @Test(arguments: [("resnet32", 31), ("resnet18", 17), ("resnet50", 49), ("vit_tiny_patch16_224", 12)])
  func everyPlaceIsReplaced(name: String, count: Int) throws {
    let initializer = Initializer.shapesOnly()
    let backbone = try BackboneRegistry.backbone(named: name).backbone(using: initializer)
    let before = backbone.parameterCount
    var paths: [String] = []
    try backbone.replacingActivations { path in
      paths.append(path)
      return try AGLU(using: initializer)
    }
    #expect(paths.count == count && Set(paths).count == count)
    #expect(backbone.activations.allSatisfy { $0.place.function is AGLU })
    #expect(backbone.parameterCount == before + 2 * count)
    #expect(backbone.state.contains { $0.name == paths[0] + ".lambda_param" })
    // There is nothing left that is known to be replaceable.
    #expect(throws: MissingActivations.self) { try backbone.replacingActivations { _ in ReLU() } }
  }

  /// The published networks with their cosine heads, counted by their authors.
  @Test func publishedParameterCounts() throws {
    let initializer = Initializer.shapesOnly()
    func count(_ backbone: any Backbone, classes: Int) -> Int {
      backbone.parameterCount + classes * backbone.featureCount
    }
    func plain(_ reduction: Int) -> ResidualStyle {
      ResidualStyle(gate: { channels, initializer in
        try ChannelAttention(
          channels: channels, reduced: channels / reduction, pooling: .mean, using: initializer)
      })
    }
    let learned = ResidualStyle.adaptiveParametric(reduction: 16)
    #expect(count(try ResNet(.resNet50, style: learned, using: initializer), classes: 1000) == 28_101_314)
    #expect(count(try ResNet(.resNet50, style: plain(16), using: initializer), classes: 1000) == 28_070_976)
    let grouped = try ResNet(.resNet50.grouped(32, width: 4), style: learned, using: initializer)
    #expect(count(grouped, classes: 1000) == 27_573_186)
    let small = ResidualStyle.adaptiveParametric(reduction: 4)
    let cifar = try CIFARResNet(blocksPerStage: 5, style: small, using: initializer)
    #expect(count(cifar, classes: 100) == 484_556)
    #expect(count(try CIFARResNet(blocksPerStage: 5, style: plain(4), using: initializer), classes: 100) == 483_344)
    #expect(cifar.allParameters.filter { $0.name.hasSuffix("kappa_param") }.count == 46)
  }

  /// With lambda and kappa 1, a unit is SiLU: also a whole network of them.
  @Test func unitsOfOneAreSiLU() throws {
    func network(_ make: (String) throws -> any Layer) throws -> CIFARResNet {
      try CIFARResNet(blocksPerStage: 1, using: Initializer(seed: 5)).replacingActivations(with: make)
    }
    let learned = try network { _ in
      try AGLU(lambda: 1...1, kappa: 1...1, positivity: .floor, using: Initializer(seed: 0))
    }
    let fixed = try network { _ in SiLU() }
    var generator = SeededGenerator(seed: 2)
    let images = try generator.uniform([2, 3, 32, 32], -2, 2)
    expectClose(try learned(images).doubles(), try fixed(images).doubles(), relative: 1e-4, absolute: 1e-5)
  }

  /// Every pair learns, weights pass through a state, and nothing but the new parameters is added to keys.
  @Test func pairsLearnAndAreSaved() throws {
    let style = ResidualStyle.adaptiveParametric(reduction: 4, dropout: 0)
    func network(_ seed: UInt64) throws -> CIFARResNet {
      try CIFARResNet(blocksPerStage: 1, style: style, using: Initializer(seed: seed))
    }
    let (first, second) = (try network(1), try network(2))
    try second.load(Dictionary(uniqueKeysWithValues: first.state.map { ($0.name, $0.tensor) }))
    var generator = SeededGenerator(seed: 2)
    let images = try generator.uniform([4, 3, 32, 32], -2, 2)
    let output = try first(images)
    #expect(try second(images).isEqual(to: output))
    try output.sum().backward()
    for parameter in first.allParameters { #expect(parameter.tensor.gradient != nil, "\(parameter.name)") }
    let names = Set(first.state.map(\.name))
    #expect(names.contains("act1.lambda_param") && names.contains("layer2.0.se.gate.kappa_param"))
    #expect(names.contains("layer1.0.act2.kappa_param"))
  }
}
