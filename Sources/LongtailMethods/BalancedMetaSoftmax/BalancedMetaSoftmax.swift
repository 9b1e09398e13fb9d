import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Balanced Meta-Softmax (BALMS): features first, then a new classifier over the frozen features with Balanced Softmax,
/// on batches whose class sampling rates are learned.
///
/// The class-balanced meta batches are training images: classes in turn, one image of each, images of a class in turn,
/// augmented as other training images are. Validation and test images have no part in it.
///
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, and its published code.
public struct BalancedMetaSoftmax: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "balanced-meta-softmax", title: "BALMS",
    summary:
      "features first, then a new classifier with Balanced Softmax on batches whose class sampling rates are learned",
    paper: "Balanced Meta-Softmax, NeurIPS 2020", article: "BalancedMetaSoftmax",
    results: [
      .imageNetLT: "41.6 % all (published code's table)", .placesLT: "38.3 % all (published code's table)",
    ])
  /// Other ways to balance the classifier, and the published schedule.
  public static let variants = [
    Variant<Self>("decoupled", "without learned rates") { $0.meta.adaptation = .none },
    Variant<Self>("reweighter", "learned class weights instead of rates") { $0.meta.adaptation = .reweighter },
    Variant<Self>(
      "published", "schedule and choices of the published code",
      expecting: [
        .cifar100LT: "50.8 % all at factor 100 (paper, from memory); 48.0 % at factor 200 (published code's table)"
      ],
      changingFor: { $0.followPublishedCode($1 == .cifar10LT ? .balmsCIFAR10 : .balms) }),
  ]
  /// That of the classifier follows that of the features.
  public static let laterSchedules = [LaterSchedule<Self>("retraining") { $0.retraining = classifier(after: $1) }]

  /// What the features are learned with.
  public enum FeatureLoss: String, Sendable, Codable, CaseIterable {
    /// Balanced Softmax.
    case balancedSoftmax
    /// Plain cross-entropy, as the published code does.
    case crossEntropy
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule of the features.
  public var training = TrainingSettings.cifar
  /// What the features are learned with.
  public var featureLoss = FeatureLoss.balancedSoftmax
  /// The schedule of the classifier.
  public var retraining = Self.classifier(after: .cifar)
  /// How class sampling rates are learned.
  public var meta = MetaSettings()
  /// The power of the class counts in Balanced Softmax.
  @Within(0...100) public var tau = 1.0
  /// The least class count; with 0, classes without images are excluded.
  @Within(0...1_000_000_000) public var countFloor = 0.0
  /// Whether the classifier is re-initialised after the features; if not, it is trained further.
  public var reinitializesClassifier = true
  /// Whether the frozen network normalises with running statistics, or with those of each batch, as the published code
  /// does.
  public var frozenNormalization = Stage.FrozenNormalization.evaluation

  /// The published settings.
  public init() {}

  /// Trains as the published code does on CIFAR: features by cross-entropy, batch statistics throughout.
  /// Its two differing draws of the long-tailed subset are not reproduced: all batches come from one.
  ///
  /// - Parameter schedule: `balms` for CIFAR-100 or `balmsCIFAR10`.
  public mutating func followPublishedCode(_ schedule: TrainingSettings) {
    adopt(schedule)
    (featureLoss, meta.batchSize, frozenNormalization) = (.crossEntropy, 512, .training)
  }

  /// Takes the published loss of the features, classifier's schedule and meta step of a benchmark, and on CIFAR the
  /// published initial head. No recipe for iNaturalist was published; its features follow those of the others.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .cifar100LT, .cifar10LT, .cifar100LTBalms: model.headInitialization = .uniform
    case .imageNetLT, .imageNetLTResNeXt50:
      featureLoss = .crossEntropy
      (retraining.length, retraining.learningRate) = (.epochs(20), 0.5)
      (meta.power, meta.learningRate, meta.batchSize) = (0.1, 0.001, 1024)
    case .placesLT:
      featureLoss = .crossEntropy
      (retraining.length, retraining.learningRate, retraining.batchSize) = (.epochs(10), 0.02, 256)
      (meta.power, meta.learningRate, meta.batchSize) = (0.3, 0.001, 512)
    case .iNaturalist2018: featureLoss = .crossEntropy
    case .synthetic, .own: break
    }
  }

  /// Two steps of the classifier for 13 of the features, as on CIFAR (2,000 and 13,000), where the paper has no other
  /// length.
  private static func classifier(after features: TrainingSettings) -> TrainingSettings {
    var settings = TrainingSettings.classifier(after: features)
    settings.sampler = .instanceBalanced
    settings.length = features.length.scaled(by: 2, over: 13)
    if case .advancedCosine = features.schedule { settings.schedule = .advancedCosine(warmupStart: 0) }
    // The inner step is one of plain SGD.
    settings.optimizer.nesterov = false
    return settings
  }

  /// Two stages: all parameters, then a re-initialised head alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let balanced = try BalancedSoftmaxLoss(classes, tau: tau, countFloor: countFloor)
    let first: any Objective =
      try featureLoss == .balancedSoftmax ? balanced : CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    let features = try training.stage("features", training: model.trained, objectives: [(.epochs(0), first)])
    return recipe(name, [features, try classifierStage(balanced)])
  }

  private func classifierStage(_ objective: BalancedSoftmaxLoss) throws -> Stage {
    let head = ParameterSelection.head
    var stage = try retraining.stage(
      "classifier", training: .only([head]),
      initializations: reinitializesClassifier ? [.reinitializedParameters([head])] : [],
      objectives: [(.epochs(0), objective)])
    stage.frozenNormalization = frozenNormalization
    guard meta.adaptation != .none else { return stage }
    let size = meta.batchSize ?? retraining.batchSize
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

  /// What the losses and the meta step need.
  public func checkTogether(_ checks: inout SettingChecks) {
    if featureLoss == .balancedSoftmax { TrainingSettings.requireNoLabelSmoothing(&checks, in: training) }
    TrainingSettings.requireNoLabelSmoothing(&checks, in: retraining, at: "retraining")
    if meta.adaptation != .none { checkStepAhead(&checks) }
  }

  /// The inner step is one of plain SGD, and a sampled image has one class.
  private func checkStepAhead(_ checks: inout SettingChecks) {
    let ahead = "because the inner step is one of plain SGD; or set meta.adaptation to none"
    let optimizer = retraining.optimizer
    checks.require(
      optimizer.kind == .sgd, "retraining.optimizer.kind", optimizer.kind.rawValue, "sgd, \(ahead)")
    checks.require(!optimizer.nesterov, "retraining.optimizer.nesterov", true, "false, \(ahead)")
    checks.require(
      !optimizer.excludesBiasAndNormFromDecay, "retraining.optimizer.excludesBiasAndNormFromDecay", true,
      "false, \(ahead)")
    checks.require(
      optimizer.sharpnessRadius == nil, "retraining.optimizer.sharpnessRadius", optimizer.sharpnessRadius ?? 0,
      "null, \(ahead)")
    checks.require(
      retraining.gradientClipping == nil, "retraining.gradientClipping", retraining.gradientClipping ?? 0,
      "null, \(ahead)")
    checks.require(
      !retraining.augmentation.mixes, "retraining.augmentation.mixing", "on",
      "null, because a sampled image has one class; or set meta.adaptation to none")
    checks.require(
      retraining.sampler == .instanceBalanced && retraining.repetitions == 1, "retraining.sampler and repetitions",
      "\(retraining.sampler.rawValue), \(retraining.repetitions)",
      "instanceBalanced and 1, because Balanced Softmax and the learned rates already balance")
  }
}
