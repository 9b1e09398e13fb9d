import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData
import VisionModels

/// More diverse experts: each is trained with a multiple of the log prior of its own, so that one favours frequent and another rare
/// classes; and each one's answer to a weakly changed view of an image teaches its answer to a strongly changed one.
///
/// - Source: MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, ICCV 2023, and its published code.
public struct MDCS: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network that experts are made of.
  public var model: ModelSettings
  /// The schedule; its changes of images are those of the weak view.
  public var training: TrainingSettings
  /// What changes the strong view.
  public var strongAugmentation: Augmentation
  /// What experts share and how wide they are; there are as many as exponents.
  public var experts: ExpertSettings
  /// The multiple of the log prior that each expert is trained with: below 0 for frequent classes, above 1 for rare ones.
  public var exponents: [Double]
  /// The weight of the consistency once it has risen; 0 for none.
  public var consistencyWeight: Double
  /// The epochs over which it rises.
  public var rampEpochs: Int
  /// The temperature of both views' answers.
  public var temperature: Double
  /// Which images teach.
  public var confidence: ConsistencySelfDistillation.Confidence
  /// What is added to powers of the counts before their logarithm; 1e-9 in the published code.
  public var logFloor: Double

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine),
    training: TrainingSettings = .mdcsCIFAR, strongAugmentation: Augmentation = .strongCIFAR,
    experts: ExpertSettings = .reduced, exponents: [Double] = [-0.5, 1, 2.5], consistencyWeight: Double = 0.6,
    rampEpochs: Int = 20, temperature: Double = 1,
    confidence: ConsistencySelfDistillation.Confidence = .adjusted, logFloor: Double = 0
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.strongAugmentation = strongAugmentation
    self.experts = experts
    self.exponents = exponents
    self.consistencyWeight = consistencyWeight
    self.rampEpochs = rampEpochs
    self.temperature = temperature
    self.confidence = confidence
    self.logFloor = logFloor
  }

  /// One stage; every image is seen in two views.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective = try ConsistentExperts(
      counts: classes.counts, exponents: exponents, weight: consistencyWeight, rampEpochs: rampEpochs,
      temperature: temperature, confidence: confidence, logFloor: logFloor)
    var stage = try training.stage("experts", training: model.trained, objectives: [(.epochs(0), objective)])
    stage.streams[0].furtherViews = [strongAugmentation]
    stage.program = { _ in MultiViewProgram() }
    var description = model.description
    description.form = .experts
    description.experts = experts
    description.experts.count = exponents.count
    return Recipe(
      name, source: "MDCS, ICCV 2023", model: description, preprocessing: model.preprocessing, stages: [stage])
  }

  /// Whether either view's changes do.
  public var cutsOutParts: Bool {
    training.augmentation.resizedCropArea > 0 || strongAugmentation.resizedCropArea > 0
  }

  /// Takes the published schedule and views of a target.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "cifar100-lt", "cifar10-lt": (training, strongAugmentation) = (.mdcsCIFAR, .strongCIFAR)
    case "cifar100-lt/balms":
      // The changes of that schedule are those of the strong view.
      (training.augmentation, strongAugmentation) = (TrainingSettings.mdcsCIFAR.augmentation, training.augmentation)
    case "imagenet-lt", "imagenet-lt/resnext50":
      (training.length, training.batchSize, training.learningRate) = (.epochs(400), 256, 0.1)
      training.optimizer = .sgd(weightDecay: 5e-4, isNesterov: true)
      strongAugmentation = .strongLarge(training.augmentation)
    case "places-lt":
      (training.batchSize, training.learningRate, training.backboneLearningRateMultiplier) = (64, 0.01, 0.1)
      training.optimizer = .sgd(weightDecay: 4e-4, isNesterov: true)
      (training.schedule, training.decayEpochs, training.decayFactors) = (.steps, [10, 20], [0.1, 0.01])
      experts.widthFactors = [1]
      model.trainedParts = []
      strongAugmentation = .strongLarge(training.augmentation)
    case "inaturalist2018":
      (training.length, training.batchSize, training.learningRate) = (.epochs(400), 512, 0.2)
      (training.schedule, training.decayEpochs, training.decayFactors) = (.steps, [200, 300, 380], [0.1, 0.01, 0.001])
      training.warmupEpochs = 5
      training.optimizer = .sgd(weightDecay: 2e-4, isNesterov: true)
      // The published loader has one view and cannot run; these are the views of ImageNet.
      training.augmentation = TrainingSettings.imageNetLT.augmentation
      strongAugmentation = .strongLarge(training.augmentation)
    default:
      // The usual changes are those of the weak view.
      strongAugmentation = training.augmentation
      strongAugmentation.policy = .trivialAugment
    }
  }
}

extension MDCS {
  /// The rise of the consistency.
  public var pathsInEpochsOfTraining: [String] { ["rampEpochs"] }

  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.group("strongAugmentation", strongAugmentation)
    checks.group("experts", experts)
    checks.numbers("exponents", exponents, in: -100...100, count: 1...ExpertSettings.greatestCount)
    checks.number("consistencyWeight", consistencyWeight, in: 0...10_000)
    checks.integer("rampEpochs", rampEpochs, in: 0...1_000_000)
    checks.number("temperature", temperature, above: 0, upTo: 1000)
    checks.number("logFloor", logFloor, in: 0...1)
    checks.require(
      experts.headSet == .single && experts.routing == nil, "experts.headSet and experts.routing", "set",
      "single and null: all experts are asked by one head")
    for (path, augmentation) in [
      ("training.augmentation", training.augmentation), ("strongAugmentation", strongAugmentation),
    ] {
      checks.require(
        !augmentation.mixes, path, "mixed images", "none that are mixed; set mixupAlpha and cutmixAlpha to 0")
    }
    checks.unused("experts.count", if: true, "there are as many experts as exponents")
  }
}

extension TrainingSettings {
  /// The schedule of MDCS on CIFAR: 400 epochs of 64 images in two views, rate 0.1 after 20 epochs of rise, a tenth of it at 200, 320 and 380,
  /// weight decay 5e-4; the weak view is cropped, mirrored and rotated by up to 15 degrees.
  ///
  /// - Source: the published code of MDCS, ICCV 2023.
  public static let mdcsCIFAR: TrainingSettings = {
    var settings = rideCIFAR
    (settings.length, settings.batchSize, settings.warmupEpochs) = (.epochs(400), 64, 20)
    (settings.decayEpochs, settings.decayFactors) = ([200, 320, 380], [0.1, 0.01, 0.001])
    return settings
  }()
}

extension Augmentation {
  /// The strong view of large images: RandAugment beside the given changes.
  static func strongLarge(_ weak: Augmentation) -> Augmentation {
    var strong = weak
    (strong.policy, strong.policyOperations, strong.policyMagnitude) = (.variedRandAugment, 2, 10)
    strong.policyMagnitudeNoise = 0.5
    (strong.policyInterpolation, strong.policyFillsMean) = (.bilinearOrBicubic, true)
    return strong
  }
}
