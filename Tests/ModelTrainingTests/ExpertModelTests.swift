import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Networks of experts as recipes and checkpoints describe them.
@Suite(.serialized) struct ExpertModelTests {
  private func description(_ backbone: String = "resnet20", _ experts: ExpertSettings = .reduced) -> ModelDescription {
    var description = ModelDescription(backbone: backbone, head: .cosine)
    description.form = .experts(experts)
    return description
  }

  @Test func descriptionsOfExpertsAreRead() throws {
    let described = description(
      "resnet32", ExpertSettings { ($0.count, $0.widths, $0.routing) = (4, [24, 48], RoutingSettings()) })
    let data = try JSONEncoder().encode(described)
    #expect(try JSONDecoder().decode(ModelDescription.self, from: data) == described)
    #expect(try described.headNames() == (0..<4).map { "experts.\($0).linear" })
  }

  @Test func optionsReachTheExperts() throws {
    var adapted = description()
    (adapted.activation, adapted.gate) = (.aglu, .adaptiveSqueezeExcitation)
    let model = try adapted.model(classes: 4, seed: 1)
    #expect(!model.allModules.contains { $0.name.hasSuffix(".act1") && $0.module is ReLU })
    #expect(model.state.contains { $0.name.hasPrefix("experts.2.layer3.0.se.") })
    #expect(model.allModules.contains { $0.name.hasPrefix("experts.0.layer2.0.act1") && $0.module is AGLU })
    var dropping = description("deit_tiny_patch16_224", ExpertSettings { $0.count = 2 })
    dropping.dropPath = 0.2
    let rates = try dropping.outline(classes: 2).allModules.compactMap { part in
      (part.module as? DropPath).map { (part.name, $0.rate) }
    }
    expectClose(try #require(rates.first { $0.0 == "blocks.0.drop_path1" }).1, 0, absolute: 1e-12)
    expectClose(try #require(rates.first { $0.0 == "experts.1.blocks.11.drop_path2" }).1, 0.2, absolute: 1e-12)
  }

  /// Every expert begins with the same late stages of a file that has them once.
  @Test func expertsBeginWithPublishedWeights() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "VisionModelsTests/Fixtures/weights")
    let file = try WeightsFile(folder.appending(path: "basic.pth").path)
    let plan = ResNetPlan(block: .basic, depths: [1, 2, 1, 1], planes: [8, 12, 16, 24])
    func experts(_ settings: ExpertSettings, classes: Int = 5) throws -> ExpertClassifier {
      let initializer = Initializer(seed: 3)
      return try ExpertClassifier(
        ExpertBackbone(dividing: ResNet(plan, using: .shapesOnly()), settings, using: initializer), head: .linear,
        classes: classes, using: initializer)
    }
    let model = try experts(ExpertSettings { $0.routing = RoutingSettings() })
    let report = try file.load(into: model)
    #expect(report.hasBackbone)
    #expect(report.extra.isEmpty)
    #expect(report.newHead.isEmpty)
    let initializer = Initializer(seed: 0)
    let plain = try ImageClassifier(ResNet(plan, using: initializer), head: .linear, classes: 5, using: initializer)
    try file.load(into: plain)
    for part in [model, plain] as [Module] { part.setTraining(false) }
    var generator = SeededGenerator(seed: 4)
    let images = try generator.uniform([2, 3, 64, 64], -1, 1)
    let expected = try plain(images).logits.doubles()
    for logits in try model(images).expertLogits {
      expectClose(try logits.doubles(), expected, relative: 1e-5, absolute: 1e-5)
    }

    let other = try experts(ExpertSettings { ($0.sharedParts, $0.fusion) = ([3], .product) }, classes: 3)
    let partly = try file.load(into: other)
    #expect(partly.hasBackbone)
    #expect(partly.newHead.count == 6)
    // Narrower experts do not fit these weights.
    let narrow = try experts(.reduced)
    #expect(throws: WeightMismatch.self) { try file.load(into: narrow) }
  }

  /// An interrupted run ends with the same bits as one that is not, however experts are computed; a router that is not trained does not
  /// change.
  @Test(arguments: [ExpertComputation.separate, .stacked])
  func expertsTrainAndResume(computation: ExpertComputation) throws {
    var settings = ExpertSettings.reduced
    (settings.computation, settings.routing) = (computation, RoutingSettings())
    func recipe() throws -> Recipe {
      let phases = [Phase(objective: try CrossEntropyLoss(), augmentation: Tiny.augmentation)]
      var recipe = Tiny.recipe([try Tiny.stage(training: .allExcept(["router"]), phases: phases)])
      recipe.model = description("resnet20", settings)
      return recipe
    }
    let data = try Tiny.data()
    let whole = try TrainingRuns.contents(of: recipe(), on: data)
    let resumed = try TrainingRuns.contents(of: recipe(), on: data, stoppingAfter: [3, 6])
    try TrainingRuns.expectEqual(resumed, whole)
    let first = try description("resnet20", settings).model(classes: 4, seed: 5).state
    for item in first where item.name.hasPrefix("router.") {
      #expect(try whole["model." + item.name]?.isEqual(to: item.tensor) == true, "\(item.name) was not to change")
    }
    #expect(whole.keys.contains("model.experts.2.layer3.2.conv2.weight"))
  }

  /// A second stage that predicts by the other set of heads starts from the weights of the first.
  @Test func secondHeadsAreTrainedOverTheSameExperts() throws {
    var settings = ExpertSettings.selfHeterogeneous(stages: 3)
    settings.headSet = .first
    let first = description("resnet20", settings)
    settings.headSet = .second
    let second = description("resnet20", settings)
    #expect(try first.otherHeadNames() == second.headNames())
    let joint = try Tiny.stage(length: .steps(3), training: .allExcept(first.otherHeadNames()))
    var classifiers = try Tiny.stage("heads", length: .steps(3), training: .only([ParameterSelection.head]))
    classifiers.model = second
    func recipe(_ stages: [Stage]) -> Recipe {
      var recipe = Tiny.recipe(stages)
      recipe.model = first
      return recipe
    }
    let data = try Tiny.data()
    let before = try TrainingRuns.contents(of: recipe([joint]), on: data)
    let after = try TrainingRuns.contents(of: recipe([joint, classifiers]), on: data)
    let resumed = try TrainingRuns.contents(
      of: recipe([joint, classifiers]), on: data, stoppingAfter: [2, 5])
    try TrainingRuns.expectEqual(resumed, after)
    let model = before.keys.filter { $0.hasPrefix("model.") }
    #expect(!model.isEmpty)
    for name in model {
      let tensor = try #require(after[name])
      #expect(try before[name]?.isEqual(to: tensor) == !name.contains(".second_"), "\(name)")
    }
  }
}
