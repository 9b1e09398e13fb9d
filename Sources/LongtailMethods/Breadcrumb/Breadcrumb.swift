import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Torch
import VisionModels

/// Breadcrumb (EMANATE): a classifier trained on class-balanced features of the same images from earlier epochs, moved
/// to where their class is now, so that rare classes bring other features instead of repeats.
///
/// - Source: Breadcrumbs: Adversarial Class-Balanced Sampling for Long-tailed Recognition, ECCV 2022, and its published
///   code.
public struct Breadcrumb: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "breadcrumb", title: "Breadcrumb",
    summary: "a second classifier on class-balanced features of the same images from earlier epochs",
    paper: "Breadcrumbs, ECCV 2022", article: "Breadcrumb",
    results: [.imageNetLT: "about 44 % all (paper, from memory)"])
  /// The weak form of the paper.
  public static let variants = [
    Variant<Self>("weak", "class-balanced features put together once") { $0.assembling = .weak }
  ]
  /// That of the new classifier follows that of the features.
  public static let laterSchedules = [LaterSchedule<Self>("retraining") { $0.retraining = classifier(after: $1) }]

  /// When class-balanced sets are assembled.
  public enum Assembling: String, Sendable, Codable, CaseIterable {
    /// At the start of each epoch, for a second classifier that is trained beside the features, as in the published
    /// code.
    case strong
    /// Once, from the last epochs of the features, for a new classifier in a stage of its own.
    case weak
  }

  /// From how many earlier epochs a class takes its features.
  public enum Depth: String, Sendable, Codable, CaseIterable {
    /// As many as give `featuresPerClass` features.
    case byRarity
    /// As many as give `featuresPerClass` features, but at most `depthEpochs`; the rest are repeats.
    case atMost
    /// `depthEpochs` for all classes.
    case constant
  }

  /// The input of the second classifier before the bank holds enough epochs.
  public enum EarlyInput: String, Sendable, Codable, CaseIterable {
    /// Images, with class-aware sampling.
    case classAwareImages
    /// None: it is not trained yet.
    case nothing
  }

  /// The type of stored features.
  public enum Storage: String, Sendable, Codable, CaseIterable {
    /// Four bytes per value.
    case float32
    /// Two bytes per value, with the finer resolution.
    case float16
    /// Two bytes per value, with the range of float32.
    case bfloat16

    var type: DType {
      switch self {
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule of the features.
  public var training = TrainingSettings.cifar
  /// When class-balanced sets are assembled.
  public var assembling = Assembling.strong
  /// The schedule of the new classifier of `weak`.
  public var retraining = Self.classifier(after: .cifar)
  /// The learning rate of the second classifier of `strong`; nil for that of the features.
  @Within(above: 0, upTo: 1000) public var classifierLearningRate: Double? = nil
  /// Features of each class in a set; nil for an epoch's batches divided by the classes.
  @Within(1...1_000_000) public var featuresPerClass: Int? = nil
  /// From how many earlier epochs a class takes its features.
  public var depth = Depth.byRarity
  /// The number of epochs, where `depth` is not by rarity.
  @Within(1...1_000_000) public var depthEpochs = 24
  /// Whether only the newest features are used, repeated, instead of those of earlier epochs.
  public var repeatsNewest = false
  /// Whether features of earlier epochs are shifted so that their class mean is that of the newest.
  public var aligns = true
  /// The input of the second classifier before the bank holds enough epochs.
  public var earlyInput = EarlyInput.classAwareImages
  /// Images per class and turn of the class-aware sampling.
  @Within(1...1024) public var imagesPerClass = 4
  /// The type of stored features.
  public var storage = Storage.float32

  /// The published settings.
  public init() {}

  /// The stored features are balanced already; the stream only determines the length of an epoch.
  private static func classifier(after features: TrainingSettings) -> TrainingSettings {
    var settings = TrainingSettings.classifier(after: features)
    settings.sampler = .instanceBalanced
    return settings
  }

  /// One stage with two classifiers, or a stage that collects features and one that uses them.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let plan = try plan(for: classes)
    try check(plan, imageCount: classes.total)
    var description = model.description
    if assembling == .strong { description.form = .twoHeads(prediction: .soft) }
    let heads = try description.headNames()
    let stages =
      try assembling == .strong
      ? [jointStage(plan, heads: heads)] : [featureStage(plan), classifierStage(plan)]
    return recipe(name, stages, network: description)
  }

  private func plan(for classes: ClassDistribution) throws -> BreadcrumbPlan {
    let rule: BreadcrumbPlan.Depth =
      switch depth {
      case _ where repeatsNewest: .constant(1)
      case .byRarity: .byRarity
      case .atMost: .atMost(depthEpochs)
      case .constant: .constant(depthEpochs)
      }
    let present = classes.counts.count { $0 > 0 }
    let perClass =
      try featuresPerClass
      ?? BreadcrumbPlan.perClass(images: classes.total, batchSize: training.batchSize, classes: present)
    return try BreadcrumbPlan(counts: classes.counts, perClass: perClass, depth: rule)
  }

  /// The 200 epochs of the published code on ImageNet-LT; elsewhere lengths within which the bank holds enough epochs
  /// of the rarest classes.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    // An epoch must have each image once.
    case .cifar100LTBalms: training.dropsLastBatch = false
    case .imageNetLT, .imageNetLTResNeXt50: training.length = .epochs(200)
    case .placesLT: training.length = .epochs(90)
    case .iNaturalist2018: training.length = .epochs(200)
    case .cifar100LT, .cifar10LT, .synthetic, .own: break
    }
  }

  // MARK: Stages

  private func jointStage(_ plan: BreadcrumbPlan, heads: [String]) throws -> Stage {
    let features: ParameterSelection =
      model.trainedParts.isEmpty
      ? .allExcept([heads[1]]) : .only(model.trainedParts.map { $0 == ParameterSelection.head ? heads[0] : $0 })
    let loss = try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    // A phase begins where stored features replace images, because steps are other ones from there.
    let ready = TrainingLength.epochs(plan.depths.max() ?? 0)
    var stage = try training.stage(
      "joint", training: features, objectives: [(.epochs(0), loss), (ready, loss)])
    stage.streams.append(
      DataStream("balanced", sampler: .classAware, batchSize: training.batchSize, imagesPerClass: imagesPerClass))
    stage.updates.append(
      Update(
        "classifier", parameters: .only([heads[1]]), optimizer: training.optimizer,
        learningRate: classifierLearningRate ?? training.learningRate,
        schedule: training.learningRateSchedule, clipping: stage.updates[0].clipping))
    for index in stage.phases.indices {
      stage.phases[index].objectives["classifier"] = loss
      stage.phases[index].augmentations["balanced"] = training.augmentation
    }
    let waits = earlyInput == .nothing
    stage.program = { access in
      BreadcrumbProgram(access, trail: try trail(plan, for: access), objective: loss, waits: waits)
    }
    return stage
  }

  private func featureStage(_ plan: BreadcrumbPlan) throws -> Stage {
    var stage = try training.stage(
      "features", training: model.trained,
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    stage.program = { access in BreadcrumbCollectionProgram(access, trail: try trail(plan, for: access)) }
    return stage
  }

  private func classifierStage(_ plan: BreadcrumbPlan) throws -> Stage {
    let head = ParameterSelection.head
    let loss = try CrossEntropyLoss(labelSmoothing: retraining.labelSmoothing)
    var stage = try retraining.stage(
      "classifier", training: .only([head]), initializations: [.reinitializedParameters([head])],
      objectives: [(.epochs(0), loss)])
    let batchSize = retraining.batchSize
    stage.program = { access in
      let bank = (access.previous as? BreadcrumbCollectionProgram)?.trail.bank
      return BreadcrumbClassifierProgram(
        trail: try BreadcrumbTrail(
          try bank ?? self.bank(plan, for: access), count: access.stepsPerEpoch * batchSize, on: access.device),
        objective: loss)
    }
    return stage
  }

  private func trail(_ plan: BreadcrumbPlan, for stage: StageContext) throws -> BreadcrumbTrail {
    try BreadcrumbTrail(bank(plan, for: stage), count: stage.stepsPerEpoch * training.batchSize, on: stage.device)
  }

  private func bank(_ plan: BreadcrumbPlan, for stage: StageContext) throws -> FeatureBank {
    try FeatureBank(
      plan, features: stage.model.backbone.featureCount, aligns: aligns, tracksBack: !repeatsNewest,
      storage: storage.type, on: stage.device)
  }

  // MARK: Rules

  /// What depends on the data: from how many epochs the rarest class takes its features.
  private func check(_ plan: BreadcrumbPlan, imageCount: Int) throws {
    let stepsPerEpoch = (imageCount + training.batchSize - 1) / max(1, training.batchSize)
    let depth = plan.depths.max() ?? 0
    let steps = depth * stepsPerEpoch
    let length = training.length.steps(stepsPerEpoch: stepsPerEpoch)
    guard assembling == .strong || length >= steps else {
      throw SettingFault(
        "training.length", training.length,
        expected: "at least \(depth) epochs, from which the rarest class takes its features; or set depth to atMost")
    }
    guard assembling == .weak || earlyInput == .classAwareImages || length > steps else {
      throw SettingFault(
        "training.length", training.length,
        expected: "more than \(depth) epochs, before which the second classifier is not trained; or set depth to atMost"
      )
    }
  }

  /// What the features and the second classifier need.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(
      assembling == .weak || model.head == .linear, "model.head", model.head.rawValue,
      "linear, because two linear heads are trained side by side")
    checks.require(
      training.sampler == .instanceBalanced && training.repetitions == 1, "training.sampler and repetitions",
      "\(training.sampler.rawValue), \(training.repetitions)",
      "instanceBalanced and 1: an epoch must have each image once, so that the features of every class are stored")
    checks.require(
      !training.dropsLastBatch, "training.dropsLastBatch", true,
      "false: an epoch must have each image, so that the features of every class are stored")
    checks.require(
      !training.augmentation.mixes, "training.augmentation.mixing", "on",
      "null, because the features of mixed images belong to no class")
    checks.require(
      assembling == .strong || !retraining.augmentation.mixes && retraining.repetitions == 1,
      "retraining.augmentation and repetitions", "mixed or repeated images",
      "none: the new classifier is trained on features, not on images")
    checks.unused(
      "depthEpochs", if: depth == .byRarity || repeatsNewest, "only depth=atMost and constant have a number of epochs")
  }
}
