import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Serialization
import Testing
import Torch
import VisionModels

/// Weights of other projects are matched to a network.
@Suite struct WeightMatchTests {
  private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "VisionModelsTests/Fixtures/weights")

  private func file(_ name: String) throws -> WeightsFile {
    try WeightsFile(folder.appending(path: name + ".pth").path)
  }

  private func network(classes: Int = 5, seed: UInt64 = 0) throws -> ImageClassifier {
    let plan = ResNetPlan(block: .basic, depths: [1, 2, 1, 1], planes: [8, 12, 16, 24])
    let initializer = Initializer(seed: seed)
    return try ImageClassifier(ResNet(plan, using: initializer), head: .linear, classes: classes, using: initializer)
  }

  private func transformer(side: Int = 48, classes: Int = 5) throws -> ImageClassifier {
    let initializer = Initializer(seed: 0)
    let plan = VisionTransformerPlan(width: 24, depth: 2, heads: 3, inputSize: side)
    return try ImageClassifier(
      VisionTransformer(plan, using: initializer), head: .linear, classes: classes, using: initializer)
  }

  private func match(_ tensors: [StoredTensor], _ model: ImageClassifier) -> WeightMatch {
    WeightMatch(tensors, with: model, source: "weights.pth")
  }

  private func values(_ model: ImageClassifier) throws -> [[Float]] {
    try model.allParameters.map { try $0.tensor.floats() }
  }

  @Test func descriptionsKnowTheirHeads() throws {
    #expect(try ModelDescription(backbone: "resnet32").headNames() == ["linear"])
    #expect(
      try ModelDescription(backbone: "deit_tiny_distilled_patch16_224", head: .cosine).headNames() == [
        "head", "head_dist",
      ])
    #expect(throws: UnknownBackbone.self) { try ModelDescription(backbone: "resnet33").headNames() }
  }

  @Test func everythingFits() throws {
    let model = try network()
    let report = try file("basic").load(into: model)
    #expect(report.matched.count == model.state.count)
    #expect(report.hasBackbone)
    #expect(report.prefix.isEmpty)
    #expect(report.newHead.isEmpty)
    #expect(report.missing.isEmpty)
    #expect(report.extra.isEmpty)
    #expect(report.misshapen.isEmpty)
    let stored = try #require(try file("basic").tensors.first { $0.name == "fc.bias" })
    #expect(try model.state.last?.tensor.doubles() == stored.doubleValues)
  }

  @Test(arguments: ["module.", "model.", "backbone.", "module.encoder_q.", "a.b.c.d."])
  func prefixesAreTakenOff(prefix: String) throws {
    let (plain, model) = (try network(seed: 1), try network(seed: 2))
    try file("basic").load(into: plain)
    let match = match(try file("basic").tensors.map { $0.renamed(prefix + $0.name) }, model)
    #expect(match.report.prefix == prefix)
    #expect(match.report.extra.isEmpty)
    try match.load(into: model)
    #expect(try values(model) == values(plain))
  }

  /// Tensors beside the network under another prefix are extra.
  @Test func otherPartsAreExtra() throws {
    let tensors = try file("basic").tensors
    let all =
      tensors.map { $0.renamed("encoder." + $0.name) } + tensors.prefix(2).map { $0.renamed("queue." + $0.name) }
    let match = match(all, try network())
    #expect(match.report.extra == ["queue.conv1.weight", "queue.bn1.weight"])
    let error = #expect(throws: WeightMismatch.self) { try match.load(into: network()) }
    #expect(error?.description.contains("queue.conv1.weight") == true)
    let model = try network()
    try match.load(into: model, strict: false)
    #expect(try model.state.last?.tensor.doubles() == tensors.last?.doubleValues)
  }

  @Test func aHeadOfAnotherSizeStartsAfresh() throws {
    let model = try network(classes: 3)
    let before = try model.state.suffix(2).map { try $0.tensor.doubles() }
    let report = try file("basic").load(into: model)
    #expect(report.newHead == ["fc.weight", "fc.bias"])
    #expect(report.hasBackbone)
    #expect(try model.state.suffix(2).map { try $0.tensor.doubles() } == before)
    // Without a bias in the file, the head's weight is not loaded either.
    let half = match(try file("basic").tensors.filter { $0.name != "fc.bias" }, try network())
    #expect(Set(half.report.newHead) == ["fc.weight", "fc.bias"])
    #expect(half.report.hasBackbone)
  }

  @Test(arguments: ["linear", "head", "classifier", "head.fc"])
  func headsAreKnownByTheirUsualNames(name: String) throws {
    let renamed = try file("basic").tensors.map {
      $0.name.hasPrefix("fc.") ? $0.renamed(name + $0.name.dropFirst(2)) : $0
    }
    let report = match(renamed, try network()).report
    #expect(report.newHead.isEmpty)
    #expect(report.extra.isEmpty)
  }

  /// Old files lack the batch counters, which nothing is computed from.
  @Test func countersMayBeMissing() throws {
    let match = match(
      try file("basic").tensors.filter { !$0.name.hasSuffix("num_batches_tracked") }, try network())
    #expect(match.report.hasBackbone)
    try match.load(into: network())
  }

  @Test func incompleteBackbonesAreRefused() throws {
    let model = try network(seed: 3)
    let before = try values(model)
    let lacking = match(try file("basic").tensors.filter { $0.name != "layer2.1.conv2.weight" }, model)
    #expect(lacking.report.missing == ["layer2.1.conv2.weight"])
    #expect(!lacking.report.hasBackbone)
    #expect(throws: WeightMismatch.self) { try lacking.load(into: model, strict: false) }
    // Another network: most keys are there, with other shapes.
    let other = match(try file("gatedBasic").tensors, model)
    #expect(!other.report.hasBackbone)
    #expect(!other.report.extra.isEmpty)
    #expect(throws: WeightMismatch.self) { try other.load(into: model, strict: false) }
    let foreign = try file("transformer").tensors
    let nothing = match(foreign, model)
    #expect(!nothing.report.hasBackbone)
    #expect(nothing.report.matched.allSatisfy { $0.hasPrefix("fc.") })
    #expect(nothing.report.extra.count + nothing.report.matched.count == foreign.count, "\(nothing.report)")
    #expect(try values(model) == before)
  }

  /// The position embedding of 48 pixels, interpolated once here and in each pass there.
  @Test func positionEmbeddingsAreInterpolated() throws {
    let (small, large) = (try transformer(), try transformer(side: 80))
    try file("transformer").load(into: small)
    let report = try file("transformer").load(into: large)
    #expect(report.resized.map(\.key) == ["pos_embed"])
    #expect(report.resized.first?.expected == [1, 26, 24])
    #expect(report.resized.first?.came == [1, 10, 24])
    var generator = SeededGenerator(seed: 4)
    let images = try generator.uniform([2, 3, 80, 80], -1, 1)
    for model in [small, large] { model.setTraining(false) }
    expectClose(try large(images).logits.doubles(), try small(images).logits.doubles(), relative: 1e-5, absolute: 1e-5)
  }

  @Test func torchvisionTransformersAreTranslated() throws {
    let names = [
      ("cls_token", "class_token"), ("pos_embed", "encoder.pos_embedding"), ("patch_embed.proj.", "conv_proj."),
      ("norm.", "encoder.ln."), ("head.", "heads.head."), ("blocks.", "encoder.layers.encoder_layer_"),
      (".norm1.", ".ln_1."), (".norm2.", ".ln_2."), (".attn.qkv.", ".self_attention.in_proj_"),
      (".attn.proj.", ".self_attention.out_proj."), (".mlp.fc1.", ".mlp.0."), (".mlp.fc2.", ".mlp.3."),
    ]
    let renamed = try file("transformer").tensors.map { tensor in
      tensor.renamed(
        names.reduce(tensor.name) { name, pair in
          pair.0.hasPrefix(".")
            ? name.replacing(pair.0, with: pair.1)
            : name.hasPrefix(pair.0) ? pair.1 + name.dropFirst(pair.0.count) : name
        })
    }
    let (plain, model) = (try transformer(), try transformer())
    try file("transformer").load(into: plain)
    let match = match(renamed, model)
    #expect(match.report.matched.count == model.state.count)
    #expect(match.report.extra.isEmpty)
    try match.load(into: model)
    #expect(try values(model) == values(plain))
  }

  @Test func fittingWeightsAreWrittenAndReadAgain() throws {
    let backbone = try BackboneRegistry.backbone(named: "resnet20")
    let source = try backbone.classifier(head: .linear, classes: 4, seed: 9)
    try withTemporaryFolder { folder in
      let (theirs, ours) = (
        folder.appending(path: "theirs.safetensors").path, folder.appending(path: "ours.safetensors").path
      )
      try SafetensorsWriter.write(
        to: theirs, tensors: source.state.map { $0.tensor.layout(named: "module." + $0.name) }
      ) { index, output in try source.state[index].tensor.detached().withHostBytes { try output($0) } }
      let file = try WeightsFile(theirs)
      #expect(try file.classCount(for: backbone) == 4)
      #expect(try file.classCount(for: BackboneRegistry.backbone(named: "resnet18")) == nil)
      try file.match(with: backbone.outline(classes: 4)).write(to: ours, as: backbone, classes: 4)
      let model = try backbone.classifier(head: .linear, classes: 4, seed: 0)
      let report = try WeightsFile(ours).load(into: model)
      #expect(report.matched.count == model.state.count)
      #expect(report.prefix.isEmpty)
      #expect(try values(model) == values(source))
      // With another head only the backbone is written.
      try file.match(with: backbone.outline(classes: 7)).write(to: ours, as: backbone, classes: 7)
      #expect(try SafetensorsFile(ours).tensors.allSatisfy { !$0.name.hasPrefix("linear.") })
    }
  }

  /// Weights of another network are refused with the name of the network that they belong to.
  @Test(arguments: [
    ("resnet20", "resnet32"), ("resnet56", "resnet18"), ("resnet18", "resnet34"), ("seresnet18", "resnet18"),
    ("resnet10", "seresnet18"), ("deit_tiny_distilled_patch16_224", "resnet20"),
  ]) func theFittingNetworkIsNamed(came: String, chosen: String) throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "weights.safetensors").path
      let model = try BackboneRegistry.backbone(named: came).classifier(head: .linear, classes: 3, seed: 0)
      try SafetensorsWriter.write(to: path, tensors: model.state.map { $0.tensor.layout(named: $0.name) }) {
        index, output in try model.state[index].tensor.detached().withHostBytes { try output($0) }
      }
      let other = try BackboneRegistry.backbone(named: chosen).outline(classes: 3)
      let error = #expect(throws: WeightMismatch.self) { try WeightsFile(path).load(into: other) }
      let text = error?.description ?? ""
      #expect(text.contains("set model.backbone=\(came)"), "\(text)")
      #expect(text.contains("weights.safetensors"), "\(text)")
      #expect(!text.contains("widthFactors"))
    }
  }

  /// Narrow experts do not fit the weights of their own network; the message says so.
  @Test func narrowExpertsAreNamed() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "weights.safetensors").path
      let model = try BackboneRegistry.backbone(named: "resnet20").classifier(head: .linear, classes: 3, seed: 0)
      try SafetensorsWriter.write(to: path, tensors: model.state.map { $0.tensor.layout(named: $0.name) }) {
        index, output in try model.state[index].tensor.detached().withHostBytes { try output($0) }
      }
      var description = ModelDescription(backbone: "resnet20", head: .cosine)
      description.form = .experts(.reduced)
      let experts = try description.outline(classes: 3)
      let error = #expect(throws: WeightMismatch.self) { try WeightsFile(path).load(into: experts) }
      #expect(error?.description.contains("experts.widthFactors=[1]") == true)
    }
  }
}
