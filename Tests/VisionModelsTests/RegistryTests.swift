import Foundation
import LongtailTestSupport
import NeuralNetworks
import Serialization
import Testing
import Torch
import VisionModels

/// What holds for every network that can be chosen by name.
@Suite struct RegistryTests {
  static let names = BackboneRegistry.all.map(\.name)
  /// At least one of each family; the others differ from them, and from the narrow networks of `ImageNetworkTests`, in numbers alone.
  static let tried = ["resnet20", "resnet32", "resnet10", "seresnet18", "deit_tiny_distilled_patch16_224"]

  /// Images that are small, but not for the network.
  private func images(_ description: BackboneDescription) throws -> Tensor {
    var generator = SeededGenerator(seed: 12)
    let side = min(description.inputSize, 64)
    return try generator.uniform([3, 3, side, side], -1, 1)
  }

  /// Keys, shapes, parameters and operations of all networks of torchvision and timm.
  @Test(arguments: names.filter { !["resnet20", "resnet32", "resnet44", "resnet56"].contains($0) })
  func figuresEqualPyTorch(name: String) throws {
    let figures = try #require(try ImageNetworkFixture.load().registry[name])
    let description = try BackboneRegistry.backbone(named: name)
    let model = try description.outline(classes: 1000)
    #expect(model.parameterCount == figures.parameters)
    #expect(model.state.count == figures.tensors)
    let layout = model.state.map { "\($0.name):\($0.tensor.shape.map(String.init).joined(separator: ","))\n" }.joined()
    #expect(fnv(layout) == figures.layout)
    #expect(description.inputSize == 224)
    #expect(try model.operationCounts(inputSize: 224).total == figures.operations)
  }

  @Test func everyStoredNetworkIsInTheRegistry() throws {
    #expect(try ImageNetworkFixture.load().registry.keys.allSatisfy(Self.names.contains))
  }

  private func fnv(_ text: String) -> String {
    let digest = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  @Test(arguments: tried, [Head.linear, .cosine(scale: 30)])
  func everyParameterLearns(name: String, head: Head) throws {
    let description = try BackboneRegistry.backbone(named: name)
    let model = try description.classifier(head: head, classes: 5, seed: 1)
    let output = try model(images(description))
    #expect(output.logits.shape == [3, 5] && output.features?.shape == [3, model.backbone.featureCount])
    #expect(output.expertLogits.count == (model.heads.count > 1 ? model.heads.count : 0))
    try output.logits.crossEntropy(Tensor([0, 4, 2])).backward()
    for parameter in model.allParameters {
      let gradient = try #require(parameter.tensor.gradient, "\(parameter.name)")
      #expect(gradient.shape == parameter.tensor.shape)
      #expect(try gradient.isFinite().all().item() == 1, "\(parameter.name)")
      #expect(try gradient.magnitude().sum().item() > 0, "\(parameter.name)")
    }
    #expect(try model.classCount == 5 && model.operationCounts(inputSize: description.inputSize).total > 0)
  }

  @Test(arguments: tried)
  func firstScoresAreOfModerateSize(name: String) throws {
    let description = try BackboneRegistry.backbone(named: name)
    let model = try description.classifier(head: .linear, classes: 10, seed: 2)
    let scores = try model(images(description)).logits
    #expect(try scores.isFinite().all().item() == 1)
    #expect(try scores.magnitude().max(alongAxes: [0, 1]).item() < 50)
  }

  @Test(arguments: tried)
  func theSeedDecidesTheWeights(name: String) throws {
    let description = try BackboneRegistry.backbone(named: name)
    func weights(_ seed: UInt64) throws -> [[Float]] {
      try description.classifier(head: .linear, classes: 4, seed: seed).allParameters.prefix(4).map {
        try $0.tensor.floats()
      }
    }
    #expect(try weights(7) == weights(7))
    #expect(try weights(7) != weights(8))
  }

  /// Through a file and back, also when the weights lie in memory with channels last: the same bits, and the same scores.
  @Test(arguments: tried, [MemoryFormat.contiguous, .channelsLast])
  func weightsPassThroughAFile(name: String, format: MemoryFormat) throws {
    let description = try BackboneRegistry.backbone(named: name)
    let model = try description.classifier(head: .linear, classes: 6, seed: 3)
    try model.move(to: .cpu, format: format)
    _ = try model(images(description))
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "model.safetensors").path
      try SafetensorsWriter.write(to: path, tensors: model.state.map { $0.tensor.layout(named: $0.name) }) {
        index, output in
        try model.state[index].tensor.withHostBytes { try output($0) }
      }
      let file = try SafetensorsFile(path)
      let other = try description.classifier(head: .linear, classes: 6, seed: 4)
      let stored = try Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, try Tensor($0)) })
      let report = try other.load(stored, source: path)
      #expect(report.isComplete)
      for (own, restored) in zip(model.state, other.state) {
        #expect(try own.tensor.detached().isEqual(to: restored.tensor.detached()), "\(own.name)")
      }
      try other.move(to: .cpu, format: format)
      model.setTraining(false)
      other.setTraining(false)
      #expect(try model(images(description)).logits.isEqual(to: other(images(description)).logits))
    }
  }

  @Test func headsHaveTheirNames() throws {
    let description = try BackboneRegistry.backbone(named: "resnet20")
    let linear = try description.classifier(head: .linear, classes: 3, seed: 0)
    let cosine = try description.classifier(head: .cosine(scale: 20), classes: 3, seed: 0)
    #expect(linear.state.map(\.name).suffix(2) == ["linear.weight", "linear.bias"])
    #expect(cosine.state.map(\.name).last == "linear.weight")
    let scores = try cosine(images(description)).logits
    #expect(try scores.magnitude().max(alongAxes: [0, 1]).item() <= 20.0001)
  }

  @Test(arguments: [("resnet18", "fc"), ("vit_tiny_patch16_224", "head")])
  func headsAreNamedAsInPublishedWeights(name: String, head: String) throws {
    let model = try BackboneRegistry.backbone(named: name).outline(classes: 7)
    #expect(model.state.map(\.name).suffix(2) == ["\(head).weight", "\(head).bias"])
    #expect(model.headNames == [head])
  }

  @Test func optionsThatDoNotFitAreRefused() throws {
    let convolutional = try BackboneRegistry.backbone(named: "resnet20")
    let error = #expect(throws: ModelError.self) {
      try convolutional.outline(classes: 3, options: BackboneOptions(dropPath: 0.1))
    }
    #expect(error?.description.contains("model.dropPath is 0.1") == true)
    let transformer = try BackboneRegistry.backbone(named: "deit_tiny_patch16_224")
    for rate in [-0.1, 1, .nan] {
      #expect(throws: ModelError.self) { try transformer.outline(classes: 3, options: BackboneOptions(dropPath: rate)) }
    }
  }

  @Test func unknownNamesAreRefusedWithTheKnownOnes() {
    let error = #expect(throws: UnknownBackbone.self) { try BackboneRegistry.backbone(named: "resnet33") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("'resnet33'") && Self.names.allSatisfy(text.contains))
    #expect(Set(Self.names).count == Self.names.count)
  }
}
