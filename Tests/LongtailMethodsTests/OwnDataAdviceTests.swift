import Datasets
import LongtailMethods
import ModelTraining
import RunRecords
import Runs
import Testing
import VisionModels

@Suite struct OwnDataAdviceTests {
  private func choices(_ facts: OwnDataAdvice.Facts) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: OwnDataAdvice(facts, for: CrossEntropy.self).choices.map { ($0.path, $0.value.compactText) }
    )
  }

  @Test func smallImagesAreNotEnlarged() {
    let tiny = choices(.init(imageCount: 500, shorterEdge: 28, usesGPU: true, hasWeights: false))
    #expect(tiny["model.inputSize"] == "24")
    #expect(tiny["training.batchSize"] == "32")
    #expect(tiny["training.length"] == "\"200 epochs\"")
  }

  @Test func processorsGetSmallInputsAndBudgets() {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shorterEdge: 400, usesGPU: false, hasWeights: false)
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
    let tuned = choices(.init(imageCount: 6_000, shorterEdge: 400, usesGPU: false, hasWeights: true))
    #expect(tuned["training.learningRate"] == "0.01")
    #expect(tuned["model.backbone"] == nil)
  }

  @Test func weightsOfAKnownNetworkChooseIt() throws {
    let backbone = try BackboneRegistry.backbone(named: "resnet50")
    let tuned = choices(
      .init(imageCount: 6_000, shorterEdge: 400, usesGPU: true, hasWeights: true, backbone: backbone))
    #expect(tuned["model.backbone"] == "\"resnet50\"")
    #expect(tuned["model.inputSize"] == "224")
    #expect(tuned["model.shorterEdge"] == "256")
    #expect(tuned["training.augmentation.resizedCrop.minArea"] == "0.25")
    #expect(tuned["model.normalization.mean"] == "[0.485, 0.456, 0.406]")
  }

  /// The late parts of every expert begin with the weights that are given.
  @Test func expertsHaveAPlaceForGivenWeights() throws {
    let backbone = try BackboneRegistry.backbone(named: "resnet18")
    let facts = OwnDataAdvice.Facts(
      imageCount: 6_000, shorterEdge: 400, usesGPU: true, hasWeights: true, backbone: backbone)
    for name in ["ride/own", "mdcs/own", "shike/own"] {
      let entry = try RecipeRegistry.recipe(named: name)
      var tree = try entry.settingsTree()
      try OwnDataAdvice(facts, for: type(of: entry.settings)).apply(to: &tree)
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
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shorterEdge: 400, usesGPU: false, hasWeights: false)
    for entry in RecipeRegistry.all where entry.name.hasSuffix("/own") {
      var tree = try entry.settingsTree()
      try OwnDataAdvice(facts, for: type(of: entry.settings)).apply(to: &tree)
      let settings = try entry.settings(from: tree)
      #expect(settings.training.length == .epochs(50))
      #expect(settings.model.inputSize == 64)
      #expect(tree.origin(of: "training.batchSize")?.description == "chosen: 6000 images")
      try tree.apply(assignment: "training.batchSize=8")
      #expect(tree.origin(of: "training.batchSize") == .commandLine)
    }
  }

  /// What is given is not advised, and the rest of the advice is for it.
  @Test(arguments: [
    (
      ["model.inputSize=224"],
      ["model.backbone=resnet18", "model.shorterEdge=256", "training.augmentation.resizedCrop.minArea=0.25"],
      "inputs of 224 pixels"
    ),
    (
      ["model.inputSize=48"], ["model.backbone=resnet32", "training.augmentation.cropPadding=6"], "inputs of 48 pixels"
    ),
    (["training.length='2 epochs'"], ["training.warmupEpochs=0.2", "retraining.length=1 epochs"], "2 epochs"),
    (
      ["training.batchSize=32"],
      ["training.learningRate=0.025", "retraining.batchSize=32", "retraining.learningRate=0.025"],
      "batches of 32"
    ),
    (
      ["training.learningRate=0.2"], ["retraining.learningRate=0.2", "training.batchSize=64"],
      "as training.learningRate"
    ),
    (
      ["model.backbone=deit_tiny_patch16_224"], ["model.inputSize=224", "model.shorterEdge=256"],
      "inputs of the given network"
    ),
    (["training.length='47 steps'"], ["training.warmupEpochs=0.05"], "47 steps"),
  ])
  func adviceIsForWhatIsGiven(assignments: [String], expected: [String], reason: String) throws {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shorterEdge: 400, usesGPU: false, hasWeights: false)
    let entry = try RecipeRegistry.recipe(named: "crt/own")
    let tree = try entry.resolvedTree(for: RecipeEntry.DataFacts(own: facts) { _ in 6_000 }) { tree in
      for assignment in assignments { try tree.apply(assignment: assignment) }
    }
    for line in expected {
      let parts = line.split(separator: "=").map(String.init)
      let value = try #require(tree.value(at: parts[0]))
      #expect((value.stringValue ?? value.compactText) == parts[1], "\(line)")
    }
    #expect(tree.leaves.contains { "\($0.origin)".contains(reason) })
    #expect(tree.origin(of: String(assignments[0].prefix { $0 != "=" })) == .commandLine)
  }

  /// Without anything given, later stages keep the recipe's length.
  @Test func adviceAloneLeavesLaterStages() throws {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shorterEdge: 400, usesGPU: false, hasWeights: false)
    let tree = try RecipeRegistry.recipe(named: "crt/own")
      .resolvedTree(for: RecipeEntry.DataFacts(own: facts) { _ in 6_000 }) { _ in }
    #expect(tree.value(at: "retraining.length") == .string("10 epochs"))
    #expect(tree.value(at: "training.length") == .string("50 epochs"))
  }

  /// Every stage and every view cuts images in the same way.
  @Test(arguments: [(400, true, 0.25), (70, false, 0)])
  func everyViewIsCutAlike(shorterEdge: Int, usesGPU: Bool, area: Double) throws {
    let facts = OwnDataAdvice.Facts(imageCount: 6_000, shorterEdge: shorterEdge, usesGPU: usesGPU, hasWeights: false)
    let entries = RecipeRegistry.all.filter { $0.name.hasSuffix("/own") }
    var views = 0
    for entry in entries {
      var tree = try entry.settingsTree()
      try OwnDataAdvice(facts, for: type(of: entry.settings)).apply(to: &tree)
      for leaf in tree.leaves where [".resizedCrop", ".resizedCrop.minArea"].contains(where: leaf.path.hasSuffix) {
        #expect(leaf.value == (area == 0 ? .null : .number(area)), "\(entry.name): \(leaf.path)")
        views += 1
      }
    }
    #expect(views > entries.count)
  }
}
