import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// The initial weights of heads and gates.
@Suite struct HeadInitializationTests {
  /// The greatest magnitude, and whether values fill the range up to it as uniform ones do: their standard deviation is `bound / sqrt(3)`.
  private func expectUniform(_ tensor: Tensor, within bound: Double, _ note: String) throws {
    let values = try tensor.detached().doubles()
    #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-6) }, "\(note)")
    let deviation = (values.map { $0 * $0 }.reduce(0, +) / Double(values.count)).squareRoot()
    #expect(abs(deviation - bound / 3.squareRoot()) < 0.1 * bound, "\(note): \(deviation) of \(bound)")
  }

  private func state(_ model: Module) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, $0.tensor) })
  }

  @Test(arguments: [Head.linear, .scaledLinear]) func frameworkDefaultsHaveABias(head: Head) throws {
    let backbone = try BackboneRegistry.backbone(named: "resnet20").backbone(using: Initializer(seed: 1))
    let model = try ImageClassifier(
      backbone, head: head, classes: 100, headInitialization: .uniform, using: Initializer(seed: 2))
    let tensors = state(model)
    try expectUniform(#require(tensors["linear.weight"]), within: 1.0 / 8, "weight")
    try expectUniform(#require(tensors["linear.bias"]), within: 1.0 / 8, "bias")
  }

  /// Heads of large residual networks have the framework's default by themselves, also those with factors per class.
  @Test(arguments: [Head.linear, .scaledLinear]) func largeNetworksHaveItByThemselves(head: Head) throws {
    let initializer = Initializer(seed: 3)
    let model = try ImageClassifier(
      ResNet(.resNet10, using: initializer), head: head, classes: 50, using: initializer)
    let tensors = state(model)
    try expectUniform(#require(tensors["fc.weight"]), within: 1 / 512.squareRoot(), "weight")
    try expectUniform(#require(tensors["fc.bias"]), within: 1 / 512.squareRoot(), "bias")
  }

  @Test(arguments: [
    Head.linear, .cosine(scale: 30), .normalized(scale: .fixed(16), featureLength: .bounded), .scaledLinear,
  ]) func glorotsRuleCountsInputsAndOutputs(head: Head) throws {
    let layer = try head.layer(
      inputs: 40, classes: 60, initialization: .glorotUniform, using: Initializer(seed: 4))
    let tensors = state(layer)
    try expectUniform(#require(tensors["weight"]), within: (6.0 / 100).squareRoot(), "\(head)")
    if let bias = tensors["bias"] { #expect(try bias.detached().doubles().allSatisfy { $0 == 0 }) }
  }

  /// Without a choice nothing changes: Kaiming-normal weights and no bias on CIFAR, rows of length 1 for cosines.
  @Test func networksKeepTheirOwn() throws {
    let linear = try Head.linear.layer(inputs: 64, classes: 10, using: Initializer(seed: 5))
    let plain = try Linear(inputs: 64, outputs: 10, using: Initializer(seed: 5))
    #expect(try state(linear)["weight"]?.floats() == plain.weight.floats())
    #expect(try plain.bias?.doubles() == Array(repeating: 0, count: 10))
    let cosine = try Head.cosine(scale: 1).layer(inputs: 64, classes: 10, using: Initializer(seed: 5))
    let lengths = try #require(state(cosine)["weight"]).euclideanNorm(alongAxes: [1]).detached().doubles()
    #expect(lengths.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  /// Gates of networks for 32-pixel images have Kaiming-normal products, others the framework's default.
  @Test(arguments: [
    ResidualGate.squeezeExcitation, .adaptiveSqueezeExcitation, .blockAttention, .adaptiveBlockAttention,
  ])
  func gatesAreInitialisedAsPublished(gate: ResidualGate) throws {
    let options = BackboneOptions(gate: gate)
    let large = try state(
      BackboneRegistry.backbone(named: "resnet10").backbone(using: Initializer(seed: 6), options: options))
    let small = try state(
      BackboneRegistry.backbone(named: "resnet20").backbone(using: Initializer(seed: 6), options: options))
    for (key, tensor) in large where key.contains(".fc1.weight") {
      try expectUniform(tensor, within: 1 / Double(tensor.shape[1]).squareRoot(), key)
    }
    let keys = small.keys.filter { $0.contains(".fc1.weight") }
    #expect(keys.count == 9 && large.keys.contains { $0.contains(".fc1.weight") })
    for key in keys {
      let values = try #require(small[key]).detached().doubles()
      let deviation = (values.map { $0 * $0 }.reduce(0, +) / Double(values.count)).squareRoot()
      let expected = (2 / Double(small[key]?.shape[1] ?? 1)).squareRoot()
      #expect(abs(deviation / expected - 1) < 0.4, "\(key)")
    }
    let biases = large.filter { $0.key.hasSuffix(".fc1.bias") }
    #expect(biases.isEmpty == [.squeezeExcitation, .adaptiveSqueezeExcitation].contains(gate))
    for (key, bias) in biases { #expect(try bias.detached().doubles().contains { $0 != 0 }, "\(key)") }
  }

  @Test func projectionsOfStudentsFollowGlorot() throws {
    let base = try BackboneRegistry.backbone(named: "resnet20").backbone(using: Initializer(seed: 7))
    let projected = try ProjectedBackbone(base, features: 128, using: Initializer(seed: 8))
    let tensors = state(projected)
    try expectUniform(#require(tensors["projection.weight"]), within: (6.0 / 192).squareRoot(), "projection")
    #expect(try #require(tensors["projection.bias"]).detached().doubles().allSatisfy { $0 == 0 })
  }
}
