import LongtailMethods
import ModelTraining
import NeuralNetworks
import RunRecords
import Runs
import Testing

/// The resolved settings of variants and of later stages, target by target.
@Suite struct RecipeVariantTests {
  /// Every setting of a recipe as text, by its path.
  private func values(_ entry: RecipeEntry) throws -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: try entry.settingsTree().leaves.map {
        ($0.path, $0.value.stringValue ?? $0.value.compactText)
      })
  }

  private func values(_ name: String) throws -> [String: String] { try values(RecipeRegistry.recipe(named: name)) }

  /// What each variant has different from its method's recipe for the same data; the published form of Balanced Meta-Softmax, which has
  /// another schedule, stands below.
  static let differences: [String: [String: String]] = [
    "balanced-meta-softmax/TARGET/decoupled": ["meta.adaptation": "none"],
    "balanced-meta-softmax/TARGET/reweighter": ["meta.adaptation": "reweighter"],
    "breadcrumb/TARGET/weak": ["assembling": "weak"],
    "ride/TARGET/two-experts": ["experts.count": "2"],
    "ride/TARGET/four-experts": ["experts.count": "4"],
    "ride/TARGET/distilled": [
      "distillation.teacherExperts": "6", "distillation.teacherWarmupEpochs": "5.0", "distillation.temperature": "1.5",
      "distillation.weight": "1.0", "distillation.repetition": "per_expert", "training.warmupEpochs": "20.0",
    ],
    "ride/TARGET/balanced-softmax": ["expertLoss": "balancedSoftmax"],
    "shike/TARGET/clean": ["form": "clean"],
    "mdcs/TARGET/published": ["logFloor": "1e-09"],
  ]

  @Test(arguments: differences.keys.sorted()) func variantsChangeWhatTheyNameAndNothingElse(pattern: String) throws {
    for target in ["cifar100-lt", "cifar10-lt"] {
      let name = pattern.replacing("TARGET", with: target)
      let plain = try values(String(name[..<(name.lastIndex(of: "/") ?? name.endIndex)]))
      let changed = try values(name).filter { plain[$0.key] != $0.value }
      #expect(changed == Self.differences[pattern], "\(name)")
    }
  }

  @Test func everyVariantIsCovered() {
    let variants = RecipeRegistry.all.map(\.name).filter {
      ($0.contains("/cifar100-lt/") || $0.contains("/cifar10-lt/")) && !$0.hasSuffix("/balms")
    }
    let covered = Self.differences.keys.map { $0.split(separator: "/").last.map(String.init) ?? "" }
    let missing = variants.filter { name in !covered.contains { name.hasSuffix("/" + $0) } }
    #expect(missing.isEmpty)
    #expect(variants.count == 20)
  }

  /// Later stages have settings of their own: a change of the first stage leaves them alone.
  @Test(arguments: RecipeRegistry.all.map(\.name)) func changesOfTheFirstStageStayThere(name: String) throws {
    let entry = try RecipeRegistry.recipe(named: name)
    var changed = entry
    changed.settings.training.batchSize += 1
    changed.settings.training.labelSmoothing += 0.125
    let before = try values(entry)
    let paths = try values(changed).filter { before[$0.key] != $0.value }.keys
    #expect(Set(paths) == ["training.batchSize", "training.labelSmoothing"])
  }

  /// A schedule that is adopted reaches later stages.
  @Test(arguments: ["crt", "lws", "ssd", "shike", "ride", "camc", "breadcrumb", "balanced-meta-softmax"])
  func laterStagesFollowAnAdoptedSchedule(method: String) throws {
    let entry = try RecipeRegistry.recipe(named: "\(method)/synthetic")
    var (adopted, schedule) = (entry, entry.settings.training)
    schedule.optimizer.momentum = 0.25
    schedule.batchSize = 24
    adopted.settings.adopt(schedule)
    let changed = try values(adopted)
    let batches = changed.filter { $0.key.hasSuffix("ing.batchSize") }
    #expect(batches.count == 2)
    #expect(batches.values.allSatisfy { $0 == "24" })
  }

  /// What was published of schedules and second stages, setting by setting.
  @Test(arguments: [
    // Decoupling's code: config/Places_LT, config/iNaturalist18, config/ImageNet_LT, cls_crt.yaml and cls_lws.yaml.
    "crt/places-lt": [
      "training.learningRate": "0.1", "training.backboneLearningRateMultiplier": "0.01", "training.batchSize": "512",
      "retraining.learningRate": "0.1", "retraining.batchSize": "256", "retraining.length": "10 epochs",
      "retraining.backboneLearningRateMultiplier": "1.0",
    ],
    "lws/places-lt": ["scaling.learningRate": "0.1", "scaling.batchSize": "256", "scaling.length": "5 epochs"],
    "crt/inaturalist2018": [
      "retraining.learningRate": "0.2", "retraining.batchSize": "512", "retraining.length": "30 epochs",
      "retraining.optimizer.weightDecay": "0.0001",
    ],
    "lws/inaturalist2018": ["scaling.learningRate": "0.2", "scaling.batchSize": "512", "scaling.length": "5 epochs"],
    "crt/imagenet-lt/resnext50": ["retraining.learningRate": "0.2", "retraining.length": "10 epochs"],
    "lws/imagenet-lt/resnext50": ["scaling.learningRate": "0.2", "scaling.length": "5 epochs"],
    "lws/imagenet-lt": ["scaling.length": "5 epochs"],
    "cross-entropy/places-lt": ["training.learningRate": "0.1", "training.backboneLearningRateMultiplier": "0.01"],
    "mdcs/places-lt": ["training.learningRate": "0.01", "training.backboneLearningRateMultiplier": "0.1"],
    "camc/places-lt": ["training.backboneLearningRateMultiplier": "0.1", "retraining.batchSize": "128"],
    // The published code of Balanced Meta-Softmax.
    "balanced-meta-softmax/imagenet-lt": [
      "featureLoss": "crossEntropy", "retraining.length": "20 epochs", "retraining.learningRate": "0.5",
      "meta.power": "0.1", "meta.learningRate": "0.001", "meta.batchSize": "1024",
    ],
    "balanced-meta-softmax/places-lt": [
      "featureLoss": "crossEntropy", "retraining.length": "10 epochs", "retraining.learningRate": "0.02",
      "retraining.batchSize": "256", "meta.power": "0.3", "meta.learningRate": "0.001", "meta.batchSize": "512",
    ],
    "balanced-meta-softmax/cifar100-lt/published": [
      "training.length": "591 epochs", "training.warmupEpochs": "37", "retraining.length": "91 epochs",
      "featureLoss": "crossEntropy", "training.augmentation.policy.rule": "autoAugmentCIFAR",
      "training.augmentation.cutout.size": "16", "frozenNormalization": "training", "retraining.batchSize": "512",
      "retraining.schedule.advancedCosine.warmupStart": "0.0",
    ],
    "balanced-meta-softmax/cifar10-lt/published": [
      "training.length": "520 epochs", "training.warmupEpochs": "32", "retraining.length": "80 epochs",
    ],
    "balanced-softmax/cifar100-lt/balms": [
      "training.length": "591 epochs", "training.warmupEpochs": "37",
      "training.schedule.advancedCosine.warmupStart": "0.5",
      "training.augmentation.policy.rule": "autoAugmentCIFAR", "training.augmentation.cutout.size": "16",
      "training.augmentation.cutout.fill": "black",
    ],
    "logit-adjustment/cifar100-lt/balms": [
      "training.dropsLastBatch": "true", "model.headInitialization": "uniform",
    ],
    "lws/cifar100-lt/balms": ["model.headInitialization": "uniform", "scaling.length": "10 epochs"],
    "ldam/cifar100-lt/balms": ["training.dropsLastBatch": "true", "model.headInitialization": "default"],
    "shike/places-lt": ["retraining.backboneLearningRateMultiplier": "1"],
    "ride/places-lt": ["router.training.backboneLearningRateMultiplier": "1", "router.training.learningRate": "0.01"],
    "breadcrumb/cifar100-lt/balms": ["training.dropsLastBatch": "false"],
    "mdcs/cifar100-lt/balms": [
      "training.augmentation.policy": "null", "training.augmentation.cutout": "null",
      "training.augmentation.rotation": "15", "strongAugmentation.policy.rule": "autoAugmentCIFAR",
    ],
    "balanced-meta-softmax/cifar10-lt": ["model.headInitialization": "uniform", "retraining.dropsLastBatch": "false"],
    "balanced-meta-softmax/cifar100-lt/balms": [
      "model.headInitialization": "uniform", "retraining.length": "91 epochs", "retraining.dropsLastBatch": "true",
    ],
    "balanced-meta-softmax/synthetic": ["model.headInitialization": "default", "featureLoss": "balancedSoftmax"],
    "balanced-softmax/cifar100-lt": ["model.headInitialization": "default", "training.dropsLastBatch": "false"],
    "class-balanced-distillation/imagenet-lt": ["model.zeroInitializedResiduals": "true"],
    "class-balanced-distillation-ensemble/inaturalist2018": ["model.zeroInitializedResiduals": "true"],
    "class-balanced-distillation/cifar100-lt": ["model.zeroInitializedResiduals": "false"],
    // The published code of APA: finetune_places, and torchvision's policies.
    "apa/places-lt": [
      "model.scaleRule": "fixed", "model.cosineScale": "25", "model.headInitialization": "glorotUniform",
      "model.trainedParts": "[\"layer4\",\"<head>\"]", "reinitializedActivations": "[\"layer4\"]",
      "training.backboneLearningRateMultiplier": "1.0", "training.augmentation.policy.fill": "0",
    ],
    "apa/cifar100-lt": [
      "training.augmentation.policy.interpolation": "bilinear", "training.augmentation.policy.fill": "0",
      "training.augmentation.policy.rotatesInOneDirection": "false", "reinitializedActivations": "[]",
    ],
    "apa/inaturalist2018": [
      "training.augmentation.policy.interpolation": "bilinear", "training.augmentation.policy.fill": "0",
    ],
    "shike/cifar100-lt": [
      "training.augmentation.policy.interpolation": "bicubicShear", "training.augmentation.policy.fill": "128",
      "training.augmentation.policy.rotatesInOneDirection": "true", "data.selection": "shuffled",
    ],
    "mdcs/imagenet-lt/resnext50": [
      "strongAugmentation.policy.interpolation": "bilinearOrBicubic", "strongAugmentation.policy.fillsMean": "true",
    ],
    "breadcrumb/imagenet-lt": ["training.length": "200 epochs", "retraining.length": "10 epochs"],
    "ssd/imagenet-lt/resnext50": [
      "training.length": "135 epochs", "training.batchSize": "256", "balancing.length": "5 epochs",
      "balancing.batchSize": "512", "balancing.learningRate": "0.2", "balancing.optimizer.weightDecay": "0.0",
    ],
    "ride/cifar100-lt/distilled": [
      "router.training.batchSize": "512", "router.training.length": "5 epochs", "router.training.learningRate": "0.01",
      "router.training.optimizer.nesterov": "true", "router.training.warmupEpochs": "0",
    ],
    "ride/inaturalist2018": ["router.training.batchSize": "512", "training.batchSize": "512"],
    "ride/imagenet-lt": ["router.training.batchSize": "512", "training.batchSize": "256"],
  ]) func recipesHaveThePublishedValues(name: String, expected: [String: String]) throws {
    let found = try values(name)
    for (path, value) in expected {
      let text = try #require(found[path], "\(path)")
      let isEqual =
        Double(value).map { $0 == Double(text) } ?? (text.replacing(" ", with: "") == value.replacing(" ", with: ""))
      #expect(isEqual, "\(name): \(path) is \(text)")
    }
  }
}
