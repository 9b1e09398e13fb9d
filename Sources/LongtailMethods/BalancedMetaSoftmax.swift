import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Balanced Meta-Softmax: features first, then a new classifier over the fixed features with Balanced Softmax, on batches whose class rates
/// are learned.
///
/// The class-balanced batches that the rates are judged on are training images: classes in turn, one image of each, images of a class in
/// turn, changed as other training images are. Images for testing or validation have no part in it.
///
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, and its published code.
public struct BalancedMetaSoftmax: MethodSettings {
  /// What the features are learned with.
  public enum FeatureLoss: String, Sendable, Codable, CaseIterable {
    /// Balanced Softmax.
    case balancedSoftmax
    /// Plain cross-entropy, as the published code does.
    case crossEntropy
  }

  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule of the features.
  public var training: TrainingSettings
  /// What the features are learned with.
  public var featureLoss: FeatureLoss
  /// The schedule of the classifier.
  public var retraining: TrainingSettings
  /// How class rates are learned.
  public var meta: MetaSettings
  /// The power of the class counts in Balanced Softmax.
  public var tau: Double
  /// The least class count; with 0, classes without images are excluded.
  public var countFloor: Double
  /// Whether the classifier begins anew after the features; if not, it goes on as the features left it.
  public var restartsClassifier: Bool
  /// Whether the fixed network normalises by its running values, or by each batch's, as the published code does.
  public var frozenNormalization: Stage.FrozenNormalization

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar,
    featureLoss: FeatureLoss = .balancedSoftmax, meta: MetaSettings = .init(), tau: Double = 1, countFloor: Double = 0,
    restartsClassifier: Bool = true, frozenNormalization: Stage.FrozenNormalization = .evaluation
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.featureLoss = featureLoss
    self.meta = meta
    self.tau = tau
    self.countFloor = countFloor
    self.restartsClassifier = restartsClassifier
    self.frozenNormalization = frozenNormalization
    retraining = Self.classifier(after: training)
  }

  /// As the published code trains on CIFAR: features by cross-entropy, normalisation by the batch throughout.
  /// Its two differing draws of the long-tailed subset are not reproduced: all batches come from one.
  ///
  /// - Parameter training: the schedule, `balms` for CIFAR-100 or `balmsCIFAR10`.
  public static func published(_ training: TrainingSettings = .balms) -> BalancedMetaSoftmax {
    BalancedMetaSoftmax(
      training: training, featureLoss: .crossEntropy, meta: MetaSettings(batchSize: 512),
      frozenNormalization: .training)
  }

  /// The schedule of the features, and a short one of the classifier in proportion.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    retraining = Self.classifier(after: schedule)
  }

  /// Takes the published loss of the features, classifier's schedule and learned rates of a target, and on CIFAR the published initial head. No recipe for iNaturalist was
  /// published; its features follow those of the others.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "cifar100-lt", "cifar10-lt", "cifar100-lt/balms": model.headInitialization = .uniform
    case "imagenet-lt", "imagenet-lt/resnext50":
      featureLoss = .crossEntropy
      (retraining.length, retraining.learningRate) = (.epochs(20), 0.5)
      (meta.power, meta.learningRate, meta.batchSize) = (0.1, 0.001, 1024)
    case "places-lt":
      featureLoss = .crossEntropy
      (retraining.length, retraining.learningRate, retraining.batchSize) = (.epochs(10), 0.02, 256)
      (meta.power, meta.learningRate, meta.batchSize) = (0.3, 0.001, 512)
    case "inaturalist2018": featureLoss = .crossEntropy
    default: break
    }
  }

  /// Two steps of the classifier for 13 of the features, as on CIFAR (2,000 and 13,000), where the paper has no other length.
  private static func classifier(after features: TrainingSettings) -> TrainingSettings {
    var settings = TrainingSettings.classifier(after: features)
    settings.sampler = .instanceBalanced
    settings.length = features.length.scaled(by: 2, over: 13)
    if features.schedule == .advancedCosine { settings.schedule = .advancedCosine }
    // The look ahead is a plain step.
    settings.optimizer.isNesterov = false
    return settings
  }

  /// Two stages: all parameters, then a fresh head alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let balanced = try BalancedSoftmaxLoss(classes, tau: tau, countFloor: countFloor)
    let first: any Objective =
      try featureLoss == .balancedSoftmax ? balanced : CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    let features = try training.stage("features", training: model.trained, objectives: [(.epochs(0), first)])
    return Recipe(
      name, source: "Balanced Meta-Softmax, NeurIPS 2020, algorithm 1", model: model.description,
      preprocessing: model.preprocessing, stages: [features, try classifierStage(balanced)])
  }

  private func classifierStage(_ objective: BalancedSoftmaxLoss) throws -> Stage {
    let head = ParameterSelection.head
    var stage = try retraining.stage(
      "classifier", training: .only([head]),
      initializations: restartsClassifier ? [.reinitializedParameters([head])] : [],
      objectives: [(.epochs(0), objective)])
    stage.frozenNormalization = frozenNormalization
    guard meta.adaptation != .none else { return stage }
    let size = meta.batchSize > 0 ? meta.batchSize : retraining.batchSize
    stage.streams.append(DataStream(ClassifierMetaStep.metaStream, sampler: .classAware, batchSize: size))
    for index in stage.phases.indices {
      stage.phases[index].augmentations[ClassifierMetaStep.metaStream] = retraining.augmentation
    }
    let (meta, optimizer) = (meta, retraining.optimizer)
    stage.drawsImages = meta.adaptation == .sampler
    stage.program = { access in
      if meta.adaptation == .reweighter {
        return try MetaReweighterProgram(access, objective: objective, optimizer: optimizer, settings: meta)
      }
      return try MetaSamplerProgram(access, objective: objective, optimizer: optimizer, settings: meta)
    }
    return stage
  }
}

extension BalancedMetaSoftmax {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.group("retraining", retraining)
    checks.group("meta", meta)
    checks.number("tau", tau, in: 0...100)
    checks.number("countFloor", countFloor, in: 0...1_000_000_000)
    if featureLoss == .balancedSoftmax { TrainingSettings.requireNoLabelSmoothing(&checks, in: training) }
    TrainingSettings.requireNoLabelSmoothing(&checks, in: retraining, at: "retraining")
    if meta.adaptation != .none { checkStepAhead(&checks) }
  }

  /// A step ahead is one of plain SGD, and a drawn image has one class.
  private func checkStepAhead(_ checks: inout SettingChecks) {
    let ahead = "because a step ahead is one of plain SGD; or set meta.adaptation to none"
    let optimizer = retraining.optimizer
    checks.require(
      optimizer.kind == .sgd, "retraining.optimizer.kind", optimizer.kind.rawValue, "sgd, \(ahead)")
    checks.require(!optimizer.isNesterov, "retraining.optimizer.isNesterov", true, "false, \(ahead)")
    checks.require(
      !optimizer.excludesBiasAndNormFromDecay, "retraining.optimizer.excludesBiasAndNormFromDecay", true,
      "false, \(ahead)")
    checks.require(
      optimizer.sharpnessRadius == 0, "retraining.optimizer.sharpnessRadius", optimizer.sharpnessRadius, "0, \(ahead)")
    checks.require(
      retraining.gradientClipping == 0, "retraining.gradientClipping", retraining.gradientClipping, "0, \(ahead)")
    checks.require(
      !retraining.augmentation.mixes, "retraining.augmentation.mixupAlpha and cutmixAlpha", "above 0",
      "0, because a drawn image has one class; or set meta.adaptation to none")
    checks.require(
      retraining.sampler == .instanceBalanced && retraining.repetitions == 1, "retraining.sampler and repetitions",
      "\(retraining.sampler.rawValue), \(retraining.repetitions)",
      "instanceBalanced and 1, because Balanced Softmax and the learned rates already balance")
  }
}
