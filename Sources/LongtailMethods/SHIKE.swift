import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import VisionModels

/// SHIKE, self-heterogeneous experts: each has the last stage for itself and multiplies it by a feature map of another
/// depth; they are distilled into each other, most of all on the non-target classes; then re-initialised classifiers
/// are trained over the frozen experts with Balanced Softmax.
///
/// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023,
///   and its published code.
public struct SHIKE: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "shike", title: "SHIKE",
    summary:
      "experts of different depth that are distilled into each other, then new classifiers with Balanced Softmax",
    paper: "SHIKE, CVPR 2023", article: "SHIKE",
    results: [
      .cifar100LT: "56.3 % all (factor 100, published, for data.selection=first)",
      .imageNetLT: "60.3 % all with a ResNet-50 or larger (published); nothing is known for this network",
      .iNaturalist2018: "75.4 % all (published)", .placesLT: "41.9 % all (published)",
    ])
  /// The losses without the quirks of the published code.
  public static let variants = [
    Variant<Self>("clean", "teachers without gradient, divided by images alone") { $0.form = .clean }
  ]
  /// That of the classifiers is a ninth of that of the experts.
  public static let laterSchedules = [
    LaterSchedule<Self>("retraining") { $0.retraining = .shikeRetraining(after: $1) }
  ]

  /// Which images are used.
  public var data = DataSettings()
  /// The network that experts are made of.
  public var model = ModelSettings { $0.head = .cosine }
  /// The schedule of the experts.
  public var training = TrainingSettings.shikeCIFAR
  /// The schedule of the re-initialised classifiers.
  public var retraining = TrainingSettings.shikeRetraining(after: .shikeCIFAR)
  /// How many experts; what they share and multiply follows from the network unless it is given here.
  public var experts = ExpertSettings { $0.fusion = .product }
  /// How experts are distilled into each other: as the published code computes it, or in a clean form.
  public var form = DynamicKnowledgeTransfer.Form.published
  /// What takes the place of the class that experts most often mistake an image for.
  public var hardestNegative = DynamicKnowledgeTransfer.HardestNegative.average
  /// The weight of mutual distillation over all classes; nil for that of the form.
  @Within(0...10_000) public var mutualWeight: Double? = nil
  /// The weight of distillation over all classes but the label; nil for that of the form.
  @Within(0...10_000) public var nontargetWeight: Double? = nil
  /// Whether normalisation of fixed experts goes on with the batches' values, as in the published code.
  public var frozenNormalization = Stage.FrozenNormalization.evaluation

  /// The published settings.
  public init() {}

  /// Two stages: experts that are distilled into each other, then re-initialised classifiers alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let transfer = try DynamicKnowledgeTransfer(
      CrossEntropyLoss(labelSmoothing: training.labelSmoothing), form: form, hardestNegative: hardestNegative,
      mutualWeight: mutualWeight, nontargetWeight: nontargetWeight)
    let balanced = try BalancedSoftmaxLoss(classes, countFloor: 1).summedOverExperts()
    let head = ParameterSelection.head
    var classifiers = try retraining.stage(
      "classifiers", training: .only([head]), initializations: [.reinitializedParameters([head])],
      objectives: [(.epochs(0), balanced)])
    classifiers.frozenNormalization = frozenNormalization
    let experts = try training.stage("experts", training: model.trained, objectives: [(.epochs(0), transfer)])
    return recipe(name, [experts, classifiers], network: try network())
  }

  /// Experts own the last stage of the network, whatever the number of its stages.
  private func network() throws -> ModelDescription {
    let family = try BackboneRegistry.backbone(named: model.backbone).family
    guard family != .transformer else {
      guard experts.fusion == .none else {
        throw SettingFault(
          "model.backbone", model.backbone,
          expected: "a convolutional network, whose feature maps can be multiplied; or set experts.fusion=none")
      }
      return model.description.with { $0.form = .experts(experts) }
    }
    var divided = experts
    let usual = ExpertSettings.selfHeterogeneous(stages: family == .cifar ? 3 : 4)
    if experts.sharedParts.isEmpty { divided.sharedParts = usual.sharedParts }
    if experts.shortcut == nil { divided.shortcut = usual.shortcut }
    return model.description.with { $0.form = .experts(divided) }
  }

  /// Takes the published schedule on CIFAR; elsewhere that of the benchmark, because none was published, and weights
  /// per image that do not depend on the number of classes.
  public mutating func adapt(to benchmark: Benchmark) {
    // The published form divides by the number of classes, so its weights belong to CIFAR.
    switch benchmark {
    case .cifar100LT, .cifar10LT: adopt(.shikeCIFAR)
    case .cifar100LTBalms: break
    case .placesLT: (model.trainedParts, form) = (["experts"], .clean)
    case .imageNetLT, .imageNetLTResNeXt50, .iNaturalist2018, .synthetic, .own: form = .clean
    }
  }

  /// What the losses need of the network, the experts and the images.
  public func checkTogether(_ checks: inout SettingChecks) {
    let staysWithin30 =
      model.head == .cosine && model.scaleRule == .fixed && model.cosineScale <= 30 && model.featureLength != .kept
    checks.require(
      form == .clean || staysWithin30, "model.head", model.head.rawValue,
      "cosine with a fixed scale of at most 30 and features of a length of at most 1, because the published form masks "
        + "classes with -30; or set form=clean"
    )
    checks.require(
      experts.headSet == .single, "experts.headSet", experts.headSet.rawValue, "single; heads are re-initialised")
    checks.require(experts.routing == nil, "experts.routing", "set", "null; all experts are computed")
    checks.require(
      !training.augmentation.mixes, "training.augmentation", "mixed images",
      "none that are mixed; set augmentation.mixing to null")
  }
}

extension TrainingSettings {
  /// The schedule of SHIKE on CIFAR: 180 epochs of 128 images, learning rate 0.15 after a warm-up of 5 epochs from
  /// below a third of it, a cosine to 0, weight decay 5e-4, AutoAugment and Cutout with black.
  ///
  /// - Source: the published code of Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge
  ///   Excavation, CVPR 2023.
  public static let shikeCIFAR: TrainingSettings = {
    var settings = cifar
    (settings.length, settings.learningRate) = (.epochs(180), 0.15)
    (settings.warmupEpochs, settings.schedule) = (5, .lateWarmupCosine(warmupStart: 1.0 / 3))
    settings.optimizer = .sgd(weightDecay: 5e-4)
    settings.augmentation = .strongCIFAR
    return settings
  }()

  /// A ninth of the length at two thirds of the learning rate, by the same rule, for re-initialised classifiers.
  public static func shikeRetraining(after training: TrainingSettings) -> TrainingSettings {
    var settings = training
    settings.length = training.length.scaled(by: 1, over: 9)
    settings.learningRate = training.learningRate * 2 / 3
    settings.backboneLearningRateMultiplier = 1
    if case .lateWarmupCosine = training.schedule {
      settings.schedule = .lateWarmupCosine(warmupStart: 0.5)
    } else {
      settings.schedule = .cosine
    }
    return settings
  }
}
