import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData
import VisionModels

/// Self-heterogeneous experts: each has the last stage for itself and multiplies it by a map of another depth; they teach each other, most
/// of all what an image is not; then fresh classifiers are trained over the fixed experts with Balanced Softmax.
///
/// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023, and its published
///   code.
public struct SHIKE: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network that experts are made of.
  public var model: ModelSettings
  /// The schedule of the experts.
  public var training: TrainingSettings
  /// The schedule of the fresh classifiers.
  public var retraining: TrainingSettings
  /// How many experts; what they share and multiply follows from the network unless it is said here.
  public var experts: ExpertSettings
  /// How experts teach each other: as the published code computes it, or in a clean form.
  public var form: DynamicKnowledgeTransfer.Form
  /// What takes the place of the class that experts most often mistake an image for.
  public var hardestNegative: DynamicKnowledgeTransfer.HardestNegative
  /// The weight of what experts say of all classes; below 0 for the form's own.
  public var mutualWeight: Double
  /// The weight of what they say of all classes but the label; below 0 for the form's own.
  public var nontargetWeight: Double
  /// Whether normalisation of fixed experts goes on with the batches' values, as in the published code.
  public var frozenNormalization: Stage.FrozenNormalization

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine),
    training: TrainingSettings = .shikeCIFAR, experts: ExpertSettings = .init(fusion: .product),
    form: DynamicKnowledgeTransfer.Form = .published,
    hardestNegative: DynamicKnowledgeTransfer.HardestNegative = .average, mutualWeight: Double = -1,
    nontargetWeight: Double = -1, frozenNormalization: Stage.FrozenNormalization = .evaluation
  ) {
    self.data = data
    self.model = model
    self.training = training
    retraining = .shikeRetraining(after: training)
    self.experts = experts
    self.form = form
    self.hardestNegative = hardestNegative
    self.mutualWeight = mutualWeight
    self.nontargetWeight = nontargetWeight
    self.frozenNormalization = frozenNormalization
  }

  /// Two stages: experts that teach each other, then fresh classifiers alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let transfer = try DynamicKnowledgeTransfer(
      CrossEntropyLoss(labelSmoothing: training.labelSmoothing), form: form, hardestNegative: hardestNegative,
      mutualWeight: mutualWeight < 0 ? nil : mutualWeight, nontargetWeight: nontargetWeight < 0 ? nil : nontargetWeight)
    let balanced = try BalancedSoftmaxLoss(classes, countFloor: 1).summedOverExperts()
    let head = ParameterSelection.head
    var classifiers = try retraining.stage(
      "classifiers", training: .only([head]), initializations: [.reinitializedParameters([head])],
      objectives: [(.epochs(0), balanced)])
    classifiers.frozenNormalization = frozenNormalization
    return Recipe(
      name, source: "SHIKE, CVPR 2023", model: try network(), preprocessing: model.preprocessing,
      stages: [
        try training.stage("experts", training: model.trained, objectives: [(.epochs(0), transfer)]), classifiers,
      ])
  }

  /// Experts own the last stage of the network, whatever the number of its stages.
  private func network() throws -> ModelDescription {
    var description = model.description
    description.form = .experts
    description.experts = experts
    let family = try BackboneRegistry.backbone(named: model.backbone).family
    guard family != .transformer else {
      guard experts.fusion == .none else {
        throw SettingFault(
          "model.backbone", model.backbone,
          expected: "a convolutional network, whose maps can be multiplied; or set experts.fusion=none")
      }
      return description
    }
    let usual = ExpertSettings.selfHeterogeneous(stages: family == .cifar ? 3 : 4)
    if experts.sharedParts.isEmpty { description.experts.sharedParts = usual.sharedParts }
    if experts.shortcut == nil { description.experts.shortcut = usual.shortcut }
    return description
  }

  /// The schedule of the experts, and a ninth of it for the classifiers.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    retraining = .shikeRetraining(after: schedule)
  }

  /// Takes the published schedule on CIFAR; elsewhere that of the data, because none was published, and weights an image that do not
  /// depend on the number of classes.
  public mutating func adapt(toTarget name: String) {
    // The published form divides by the number of classes, so that its weights belong to CIFAR.
    if !name.hasPrefix("cifar") { form = .clean }
    switch name {
    case "cifar100-lt", "cifar10-lt": adopt(.shikeCIFAR)
    case "places-lt": model.trainedParts = ["experts"]
    default: break
    }
  }
}

extension SHIKE {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.group("retraining", retraining)
    checks.group("experts", experts)
    checks.number("mutualWeight", mutualWeight, in: -1...10_000)
    checks.number("nontargetWeight", nontargetWeight, in: -1...10_000)
    let staysWithin30 =
      model.head == .cosine && model.scaleRule == .fixed && model.cosineScale <= 30 && model.featureLength != .kept
    checks.require(
      form == .clean || staysWithin30, "model.head", model.head.rawValue,
      "cosine with a fixed scale of at most 30 and features of a length of at most 1, because the published form takes -30 for impossible; or set form=clean"
    )
    checks.require(
      experts.headSet == .single, "experts.headSet", experts.headSet.rawValue, "single; heads are drawn afresh")
    checks.require(experts.routing == nil, "experts.routing", "set", "null; all experts are asked")
    checks.require(
      !training.augmentation.mixes, "training.augmentation", "mixed images",
      "none that are mixed; set mixupAlpha and cutmixAlpha to 0")
  }
}

extension TrainingSettings {
  /// The schedule of SHIKE on CIFAR: 180 epochs of 128 images, rate 0.15 after a rise of 5 epochs that begins below a third of it, a cosine to 0,
  /// weight decay 5e-4, AutoAugment and a black square.
  ///
  /// - Source: the published code of Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR
  ///   2023.
  public static let shikeCIFAR: TrainingSettings = {
    var settings = cifar
    (settings.length, settings.learningRate) = (.epochs(180), 0.15)
    (settings.schedule, settings.decayEpochs, settings.decayFactors) = (.lateWarmupCosine, [], [])
    (settings.warmupEpochs, settings.warmupStart) = (5, 1.0 / 3)
    settings.optimizer = .sgd(weightDecay: 5e-4)
    settings.augmentation = .strongCIFAR
    return settings
  }()

  /// A ninth of the length at two thirds of the rate, by the same rule, for fresh classifiers.
  public static func shikeRetraining(after training: TrainingSettings) -> TrainingSettings {
    var settings = training
    settings.length = training.length.scaled(by: 1, over: 9)
    settings.learningRate = training.learningRate * 2 / 3
    settings.backboneLearningRateMultiplier = 1
    (settings.decayEpochs, settings.decayFactors) = ([], [])
    if training.schedule == .lateWarmupCosine { settings.warmupStart = 0.5 } else { settings.schedule = .cosine }
    return settings
  }
}
