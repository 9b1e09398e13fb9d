import Datasets
import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Runs
import Testing
import Torch
import TrainingTestSupport

/// What holds for every recipe that can be chosen by name.
@Suite(.serialized) struct RecipeRegistryTests {
  static let synthetic = RecipeRegistry.all.map(\.name).filter { $0.hasSuffix("/synthetic") }

  @Test(arguments: synthetic)
  func everyMethodTrains(name: String) throws {
    let data = try Tiny.data()
    var settings = try RecipeRegistry.recipe(named: name).settings
    settings.adjustSchedule {
      $0.length = .steps(2)
      $0.batchSize = 8
    }
    let recipe = try settings.recipe(named: name, for: data.classes)
    let readings = Readings()
    let trainer = try Tiny.trainer(recipe, on: data, observers: [readings])
    let before = try #require(trainer.model.allParameters.first).tensor.floats()
    let result = try #require(try trainer.run())
    let stepsPerEpoch = (data.training.count + 7) / 8
    let steps = recipe.stages.map { $0.length.steps(stepsPerEpoch: stepsPerEpoch) }.reduce(0, +)
    #expect(steps >= 2)
    #expect(readings.losses.count == steps)
    #expect(readings.losses.allSatisfy { $0.isFinite })
    #expect(result.result.sampleCount == 8)
    for parameter in trainer.model.allParameters {
      #expect(try parameter.tensor.isFinite().all().item() == 1, "\(parameter.name)")
    }
    #expect(try trainer.model.allParameters[0].tensor.floats() != before)
  }

  @Test func methodAndTargetMayChangePlaces() throws {
    #expect(try RecipeRegistry.recipe(named: "ldam-drw/cifar10-lt").name == "ldam/cifar10-lt")
    #expect(try RecipeRegistry.recipe(named: "own/balanced-softmax").name == "balanced-softmax/own")
    #expect(throws: UnknownRecipe.self) { try RecipeRegistry.recipe(named: "own/balanced-sofmax") }
    #expect(throws: UnknownRecipe.self) { try RecipeRegistry.recipe(named: "/") }
  }

  /// Recipes for other data can at least be made, with classes of every size and with an empty one.
  @Test(arguments: RecipeRegistry.all.map(\.name))
  func everyRecipeCanBeMade(name: String) throws {
    let entry = try RecipeRegistry.recipe(named: name)
    for counts in [[500, 100, 20, 5], [7, 7], [1, 0, 3]] {
      let recipe = try entry.settings.recipe(named: name, for: ClassDistribution(counts: counts))
      #expect(recipe.name == name)
      #expect(!recipe.source.isEmpty)
      #expect(!recipe.stages.isEmpty)
      for stage in recipe.stages {
        #expect(stage.phase(atStep: 0, stepsPerEpoch: 10) != nil)
        #expect(stage.updates.allSatisfy { $0.learningRate > 0 })
      }
    }
    #expect(!entry.summary.isEmpty)
    #expect(name.split(separator: "/").count >= 2)
  }

  /// What was published of the schedules of experts, setting by setting.
  @Test(arguments: [
    "ride/cifar100-lt": [
      "training.length=200 epochs", "training.batchSize=128", "training.learningRate=0.1", "training.warmupEpochs=5",
      "training.schedule.steps.epochs=[160,180]", "training.schedule.steps.factors=[0.01,0.0001]",
      "training.optimizer.weightDecay=0.0005",
      "training.optimizer.nesterov=true", "training.augmentation.rotation=15.0", "diversity.repulsion=0.45",
      "diversity.temperatureGamma=0.05", "reweighting.share=0.2", "experts.widthFactors=[0.75]",
      "router.training.length=5 epochs",
      "router.training.batchSize=512", "router.training.sampler=classAware", "router.training.learningRate=0.01",
      "router.positiveWeight=100.0", "router.network.topLogits=30",
    ],
    "ride/cifar100-lt/distilled": [
      "distillation.teacherExperts=6", "training.warmupEpochs=20", "distillation.teacherWarmupEpochs=5",
      "distillation.temperature=1.5",
    ],
    "ride/imagenet-lt/resnext50": [
      "training.length=100 epochs", "training.batchSize=256", "training.schedule.steps.epochs=[60,80]",
      "diversity.repulsion=0.2",
      "training.optimizer.weightDecay=0.0002", "diversity.temperatureGamma=0.02",
      "router.network.topLogits=50",
    ],
    "ride/inaturalist2018": [
      "training.batchSize=512", "training.learningRate=0.2", "diversity.temperatureGamma=0.015",
    ],
    "shike/cifar100-lt": [
      "training.length=180 epochs", "training.learningRate=0.15",
      "training.schedule.lateWarmupCosine.warmupStart=0.3333333333333333",
      "training.optimizer.nesterov=false", "training.augmentation.policy.rule=autoAugmentCIFAR",
      "training.augmentation.cutout.fill=black", "retraining.length=20 epochs", "retraining.learningRate=0.1",
      "retraining.sampler=instanceBalanced", "form=published", "experts.count=3",
    ],
    "shike/imagenet-lt": ["form=clean"], "shike/own": ["form=clean"],
    "mdcs/cifar100-lt": [
      "training.length=400 epochs", "training.batchSize=64", "training.schedule.steps.epochs=[200,320,380]",
      "training.warmupEpochs=20", "training.optimizer.nesterov=true", "exponents=[-0.5,1,2.5]",
      "consistency.weight=0.6", "consistency.rampEpochs=20", "strongAugmentation.policy.rule=autoAugmentCIFAR",
      "strongAugmentation.cutout.size=16", "strongAugmentation.rotation=0.0",
    ],
    "mdcs/imagenet-lt": [
      "training.batchSize=256", "training.schedule=cosine", "strongAugmentation.policy.rule=variedRandAugment",
      "strongAugmentation.policy.operations=2", "strongAugmentation.policy.magnitude=10.0",
      "strongAugmentation.policy.magnitudeNoise=0.5", "strongAugmentation.policy.increases=false",
      "strongAugmentation.jitter.brightness=0.4",
    ],
    "mdcs/places-lt": [
      "training.length=30 epochs", "training.batchSize=64", "training.learningRate=0.01",
      "training.schedule.steps.epochs=[10,20]", "training.schedule.steps.factors=[0.1,0.01]",
      "training.backboneLearningRateMultiplier=0.1",
      "training.optimizer.weightDecay=0.0004", "experts.widthFactors=[1]",
    ],
    "mdcs/inaturalist2018": [
      "training.length=400 epochs", "training.learningRate=0.2", "training.schedule.steps.epochs=[200,300,380]",
      "training.optimizer.weightDecay=0.0002", "training.augmentation.jitter.brightness=0.4",
      "strongAugmentation.jitter.brightness=0.4",
    ],
  ]) func expertsHaveThePublishedSchedules(name: String, expected: [String]) throws {
    let tree = try RecipeRegistry.recipe(named: name).settingsTree()
    let found = Dictionary(uniqueKeysWithValues: tree.leaves.map { ($0.path, $0.value) })
    for line in expected {
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      let value = try #require(found[parts[0]], "\(parts[0])")
      let text = value.stringValue ?? value.compactText
      // 0.1 may stand there as two thirds of 0.15.
      let (values, wanted) = (Self.numbers(text), Self.numbers(parts[1]))
      let isEqual =
        wanted.isEmpty
        ? text == parts[1] : values.count == wanted.count && zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-12 }
      #expect(isEqual, "\(name): \(line), found \(text)")
    }
  }

  /// The numbers of a list or of a single value.
  private static func numbers(_ text: String) -> [Double] {
    let parts = text.trimmingCharacters(in: ["[", "]"]).split(separator: ",")
    let values = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    return values.count == parts.count ? values : []
  }

  @Test func namesAreUnique() {
    let names = RecipeRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Self.synthetic.count >= 6)
  }
}
