import LongtailMethods
import ModelTraining
import RunRecords
import Testing
import VisionData
import VisionModels

@Suite struct OwnDataAdviceTests {
  private func choices(_ facts: OwnDataAdvice.Facts) -> [String: String] {
    Dictionary(uniqueKeysWithValues: OwnDataAdvice(facts).choices.map { ($0.path, $0.value.compactText) })
  }

  @Test func smallPicturesAreNotEnlarged() {
    let tiny = choices(.init(imageCount: 500, shortSide: 28, usesGPU: true, hasWeights: false))
    #expect(tiny["model.inputSize"] == "24")
    #expect(tiny["training.batchSize"] == "32")
    #expect(tiny["training.length"] == "\"200 epochs\"")
  }

  @Test func processorsGetSmallInputsAndBudgets() {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shortSide: 400, usesGPU: false, hasWeights: false)
    let processor = choices(facts)
    #expect(processor["model.inputSize"] == "64")
    #expect(processor["model.backbone"] == "\"resnet32\"")
    #expect(processor["training.length"] == "\"50 epochs\"")
    var gpu = facts
    gpu.usesGPU = true
    #expect(choices(gpu)["model.inputSize"] == "224")
    #expect(choices(gpu)["training.length"] == "\"200 epochs\"")
    var huge = gpu
    huge.imageCount = 2_600_000
    #expect(choices(huge)["training.length"] == "\"10 epochs\"")
    #expect(choices(huge)["training.batchSize"] == "256")
  }

  @Test func givenWeightsAreTunedGently() {
    let tuned = choices(.init(imageCount: 6_000, shortSide: 400, usesGPU: false, hasWeights: true))
    #expect(tuned["training.learningRate"] == "0.01")
    #expect(tuned["model.backbone"] == nil)
  }

  @Test func weightsOfAKnownNetworkChooseIt() throws {
    let backbone = try BackboneRegistry.backbone(named: "resnet50")
    let tuned = choices(
      .init(imageCount: 6_000, shortSide: 400, usesGPU: true, hasWeights: true, backbone: backbone))
    #expect(tuned["model.backbone"] == "\"resnet50\"")
    #expect(tuned["model.inputSize"] == "224")
    #expect(tuned["model.shortSide"] == "256")
    #expect(tuned["training.augmentation.resizedCropArea"] == "0.25")
    #expect(tuned["model.normalization.mean"] == "[0.485, 0.456, 0.406]")
  }

  /// The late parts of every expert begin with the weights that are given.
  @Test func expertsHaveAPlaceForGivenWeights() throws {
    let backbone = try BackboneRegistry.backbone(named: "resnet18")
    let facts = OwnDataAdvice.Facts(
      imageCount: 6_000, shortSide: 400, usesGPU: true, hasWeights: true, backbone: backbone)
    for name in ["ride/own", "mdcs/own", "shike/own"] {
      let entry = try RecipeRegistry.recipe(named: name)
      var tree = try entry.settingsTree()
      try OwnDataAdvice(facts).apply(to: &tree)
      let recipe = try entry.settings(from: tree).recipe(named: name, for: ClassDistribution(counts: [50, 5]))
      let shapes = Dictionary(
        uniqueKeysWithValues: try backbone.outline(classes: 2).allParameters.map { ($0.name, $0.tensor.shape) })
      let late = try recipe.model.outline(classes: 2).allParameters.filter { $0.name.hasPrefix("experts.1.layer") }
      #expect(!late.isEmpty)
      for parameter in late {
        let key = String(parameter.name.dropFirst("experts.1.".count))
        #expect(shapes[key] == parameter.tensor.shape, "\(name): \(key)")
      }
    }
  }

  @Test func everyOwnRecipeTakesItAndTellsWhy() throws {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shortSide: 400, usesGPU: false, hasWeights: false)
    for entry in RecipeRegistry.all where entry.name.hasSuffix("/own") {
      var tree = try entry.settingsTree()
      try OwnDataAdvice(facts).apply(to: &tree)
      let settings = try entry.settings(from: tree)
      #expect(settings.training.length == .epochs(50))
      #expect(settings.model.inputSize == 64)
      #expect(tree.origin(of: "training.batchSize")?.description == "chosen: 6000 images")
      try tree.apply(assignment: "training.batchSize=8")
      #expect(tree.origin(of: "training.batchSize") == .commandLine)
    }
  }

  /// Every stage and every view cuts pictures in the same way.
  @Test(arguments: [(400, true, 0.25), (70, false, 0)])
  func everyViewIsCutAlike(shortSide: Int, usesGPU: Bool, area: Double) throws {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shortSide: shortSide, usesGPU: usesGPU, hasWeights: false)
    let entries = RecipeRegistry.all.filter { $0.name.hasSuffix("/own") }
    var views = 0
    for entry in entries {
      var tree = try entry.settingsTree()
      try OwnDataAdvice(facts).apply(to: &tree)
      for leaf in tree.leaves where leaf.path.hasSuffix(".resizedCropArea") {
        #expect(Double(leaf.value.compactText) == area, "\(entry.name): \(leaf.path)")
        views += 1
      }
    }
    #expect(views > entries.count)
  }
}
