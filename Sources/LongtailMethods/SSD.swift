import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData
import VisionModels

/// Self supervision to distillation: features from labels and self supervision, soft labels of that network with a balanced classifier, then
/// a new network with one head for labels and one for soft labels, of which the second predicts.
///
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021.
public struct SSD: MethodSettings {
  /// Where the published code does something else than the paper says or needs.
  public enum Variant: String, Sendable, Codable, CaseIterable {
    /// Places of the queue that were never written belong to no class; networks that are not trained use their running values; factors are
    /// not drawn to 0.
    case corrected
    /// Such places belong to class 0; networks that are not trained normalise by the batch; factors decay like weights.
    case published
  }

  /// Which images are used.
  public var data: DataSettings
  /// The network; its head must be linear.
  public var model: ModelSettings
  /// The schedule of the features, and of the new network.
  public var training: TrainingSettings
  /// The schedule of the factors per class.
  public var balancing: TrainingSettings
  /// What changes the colours of an image's second view, beside the changes of the schedule.
  public var secondViewColors: ColorChanges
  /// The least share of the area of a second view where views are cut out and resized; 0 for that of the first view.
  public var secondViewArea: Double
  /// The factor on the contrastive term; with 0 features are learned from labels alone.
  public var contrastiveWeight: Double
  /// The temperature of the contrastive term.
  public var contrastiveTemperature: Double
  /// Whether images of its own class are left out of the other images that an image is told from.
  public var leavesOutOwnClass: Bool
  /// The length of what is compared.
  public var contrastiveFeatures: Int
  /// Views of earlier steps that an image is told from.
  public var queueLength: Int
  /// The share of the copied network that a step keeps.
  public var copyMomentum: Double
  /// The temperature of the soft labels.
  public var temperature: Double
  /// The factor on the term of labels.
  public var hardWeight: Double
  /// The factor on the term of soft labels.
  public var softWeight: Double
  /// Which head predicts.
  public var prediction: SelfDistillationClassifier.Prediction
  /// Whether the head of the soft labels is balanced at the end.
  public var balancesAgain: Bool
  /// Where the published code is followed.
  public var variant: Variant

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .ssdCIFAR,
    secondViewColors: ColorChanges = .init(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1),
    secondViewArea: Double = 0, contrastiveWeight: Double = 1, contrastiveTemperature: Double = 0.2,
    leavesOutOwnClass: Bool = true, contrastiveFeatures: Int = 64, queueLength: Int = 10_240,
    copyMomentum: Double = 0.999, temperature: Double = 2, hardWeight: Double = 1, softWeight: Double = 1,
    prediction: SelfDistillationClassifier.Prediction = .soft, balancesAgain: Bool = true, variant: Variant = .corrected
  ) {
    self.data = data
    self.model = model
    self.training = training
    balancing = .balancing(after: training)
    self.secondViewColors = secondViewColors
    self.secondViewArea = secondViewArea
    self.contrastiveWeight = contrastiveWeight
    self.contrastiveTemperature = contrastiveTemperature
    self.leavesOutOwnClass = leavesOutOwnClass
    self.contrastiveFeatures = contrastiveFeatures
    self.queueLength = queueLength
    self.copyMomentum = copyMomentum
    self.temperature = temperature
    self.hardWeight = hardWeight
    self.softWeight = softWeight
    self.prediction = prediction
    self.balancesAgain = balancesAgain
    self.variant = variant
  }

  /// Features, soft labels, distillation and, if wanted, a last balancing.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let last = balancesAgain ? [try balancingAgain()] : []
    return Recipe(
      name, source: "Self Supervision to Distillation, ICCV 2021", model: learner,
      preprocessing: model.preprocessing, stages: [try features(), try softLabels(), try distillation()] + last)
  }

  // MARK: Networks

  private static let factors = ParameterSelection.head + ".scales"

  /// The network of the first two stages.
  private var learner: ModelDescription {
    var description = model.description
    description.head = .scaledLinear
    guard contrastiveWeight > 0 else { return description }
    description.form = .contrastive
    description.contrastiveFeatures = contrastiveFeatures
    return description
  }

  /// The network that is taught; its heads have factors only where they are needed.
  private var pupil: ModelDescription {
    var description = model.description
    description.form = .twoHeads
    description.head = balancesAgain ? .scaledLinear : .linear
    description.prediction = prediction
    return description
  }

  /// Everything that training changes but the factors.
  private func trained(with more: [String] = []) -> ParameterSelection {
    guard !model.trainedParts.isEmpty else { return .allExcept([Self.factors]) }
    let head = [ParameterSelection.head + ".weight", ParameterSelection.head + ".bias"]
    return .only(model.trainedParts.flatMap { $0 == ParameterSelection.head ? head : [$0] } + more)
  }

  // MARK: Stages

  private func features() throws -> Stage {
    var stage = try training.stage(
      "features", training: trained(with: contrastiveWeight > 0 ? ["projection_head"] : []),
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    guard contrastiveWeight > 0 else { return stage }
    let settings = ContrastiveFeatures.Settings(
      model: learner,
      objective: try MaskedContrastive(temperature: contrastiveTemperature, leavesOutOwnClass: leavesOutOwnClass),
      weight: contrastiveWeight, queueLength: queueLength, momentum: copyMomentum,
      firstLabel: variant == .published ? 0 : -1)
    stage.streams[0].furtherViews = [secondView]
    stage.program = { try ContrastiveFeatures(settings, in: $0) }
    return stage
  }

  private var secondView: Augmentation {
    var augmentation = secondViewColors.applied(to: training.augmentation)
    if augmentation.resizedCropArea > 0, secondViewArea > 0 { augmentation.resizedCropArea = secondViewArea }
    return augmentation
  }

  private func softLabels() throws -> Stage { try balancing(named: "soft-labels", factors: Self.factors) }

  private func distillation() throws -> Stage {
    let objective = try JointSelfDistillation(
      CrossEntropyLoss(labelSmoothing: training.labelSmoothing), temperature: temperature, hardWeight: hardWeight,
      softWeight: softWeight)
    var stage = try training.stage(
      "distillation", training: balancesAgain ? trained() : model.trained, objectives: [(.epochs(0), objective)])
    stage.model = pupil
    stage.teachers = ["soft-labels"]
    stage.teacherNormalization = frozenNormalization
    return stage
  }

  private func balancingAgain() throws -> Stage {
    let head = try pupil.headNames()[prediction == .hard ? 0 : 1]
    var stage = try balancing(named: "balanced", factors: head + ".scales")
    stage.model = pupil
    return stage
  }

  private func balancing(named name: String, factors: String) throws -> Stage {
    var schedule = balancing
    if variant == .published { schedule.optimizer.weightDecay = training.optimizer.weightDecay }
    var stage = try schedule.stage(
      name, training: .only([factors]),
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: schedule.labelSmoothing))])
    stage.frozenNormalization = frozenNormalization
    // The published code takes two images of each class at a time.
    for number in stage.streams.indices { stage.streams[number].imagesPerClass = 2 }
    return stage
  }

  private var frozenNormalization: Stage.FrozenNormalization { variant == .published ? .training : .evaluation }

  /// The schedule of the networks, and a short one of the factors per class.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    balancing = .balancing(after: schedule)
  }

  /// Takes the schedule of the source where it has one for the target, and a queue of about an epoch.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "cifar100-lt", "cifar10-lt": adopt(.ssdCIFAR)
    case "imagenet-lt", "imagenet-lt/resnext50":
      var schedule = training
      (schedule.length, schedule.batchSize, schedule.learningRate) = (.epochs(135), 256, 0.1)
      adopt(schedule)
      useLargeImages(queueLength: 115_712, balancingEpochs: 5)
    case "inaturalist2018": useLargeImages(queueLength: 131_072, balancingEpochs: 10)
    case "places-lt": useLargeImages(queueLength: 65_536, balancingEpochs: 10)
    case "synthetic": queueLength = 1024
    default: break
    }
  }

  private mutating func useLargeImages(queueLength: Int, balancingEpochs: Int) {
    self.queueLength = queueLength
    contrastiveFeatures = 128
    secondViewArea = 0.2
    secondViewColors.blurProbability = 0.5
    balancing.length = .epochs(balancingEpochs)
    (balancing.batchSize, balancing.learningRate) = (512, 0.2)
  }
}

extension SSD {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.group("balancing", balancing)
    checks.group("secondViewColors", secondViewColors)
    checks.number("secondViewArea", secondViewArea, in: 0...1)
    checks.number("contrastiveWeight", contrastiveWeight, in: 0...10_000)
    checks.number("contrastiveTemperature", contrastiveTemperature, above: 0, upTo: 1000)
    checks.integer("contrastiveFeatures", contrastiveFeatures, in: 1...65_536)
    checks.integer("queueLength", queueLength, in: 1...10_000_000)
    checks.number("copyMomentum", copyMomentum, in: 0...1)
    checks.number("temperature", temperature, above: 0, upTo: 1000)
    checks.number("hardWeight", hardWeight, in: 0...10_000)
    checks.number("softWeight", softWeight, in: 0...10_000)
    checks.require(
      model.head == .linear, "model.head", model.head.rawValue, "linear; the method adds factors per class itself")
    checks.require(
      contrastiveWeight == 0 || !training.augmentation.mixes, "training.augmentation", "mixed images",
      "none that are mixed, which belong to no single class; set mixupAlpha and cutmixAlpha to 0")
    checks.require(
      contrastiveWeight == 0 || queueLength >= training.batchSize, "queueLength", queueLength,
      "at least training.batchSize (\(training.batchSize))")
    checks.require(
      !balancesAgain || prediction != .mean, "prediction", prediction.rawValue,
      "hard or soft where balancesAgain is true, because one head is balanced")
    for name in ["contrastiveTemperature", "contrastiveFeatures", "queueLength", "copyMomentum"] {
      checks.unused(name, if: contrastiveWeight == 0, "there is no contrastive term where contrastiveWeight is 0")
    }
  }
}

extension TrainingSettings {
  /// The project's own schedule of SSD on CIFAR, of which none was published: 200 epochs of 128 images, rate 0.1 after 5 epochs of rise,
  /// a cosine to 0, weight decay 5e-4.
  public static let ssdCIFAR: TrainingSettings = {
    var settings = cifar
    (settings.schedule, settings.decayEpochs, settings.decayFactors) = (.cosine, [], [])
    settings.optimizer = .sgd(weightDecay: 5e-4)
    return settings
  }()

  /// A short training of factors per class at twice the rate, class after class: 10 epochs, a cosine to 0, no decay of the factors.
  public static func balancing(after training: TrainingSettings) -> TrainingSettings {
    var settings = classifier(after: training)
    settings.sampler = .classAware
    settings.learningRate = 2 * training.learningRate
    settings.optimizer.weightDecay = 0
    return settings
  }
}
