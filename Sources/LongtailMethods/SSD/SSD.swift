import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Transforms
import VisionModels

/// SSD, self supervision to distillation: features from labels and self-supervision, soft labels of that network with a
/// balanced classifier, then a new network with one head for labels and one for soft labels, of which the second
/// predicts.
///
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021.
public struct SSD: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "ssd", title: "SSD",
    summary: "self-supervised features, balanced soft labels, and a network that is trained with both kinds of labels",
    paper: "Self Supervision to Distillation, ICCV 2021", article: "SSD",
    results: [
      .cifar100LT: "46.0 % all (factor 100, published in other works' tables)",
      .imageNetLTResNeXt50: "56.0 % all, 66.8 many, 53.1 medium, 35.4 few (published)",
      .iNaturalist2018: "71.5 % all (published)",
    ])
  /// That of the factors follows that of the networks.
  public static let laterSchedules = [
    // A few factors alone are trained with twice the learning rate.
    LaterSchedule<Self>("balancing", learningRateFactor: 2) { $0.balancing = .balancing(after: $1) }
  ]

  /// The contrastive loss, which tells an image's second view from other images.
  public struct Contrast: Settings {
    /// The weight of the loss.
    @Within(above: 0, upTo: 10_000) public var weight = 1.0
    /// The temperature of the similarities.
    @Within(above: 0, upTo: 1000) public var temperature = 0.2
    /// Whether other images of the same class are left out of the negatives.
    public var excludesOwnClass = true
    /// The dimension of the projections that are compared.
    @Within(1...65_536) public var features = 64
    /// The length of the queue of negatives, in views of earlier steps.
    @Within(1...10_000_000) public var queueLength = 10_240
    /// The momentum of the key encoder.
    @Within(0...1) public var momentum = 0.999
    /// The colour augmentation of the second view, beside the augmentation of the schedule.
    public var viewColors = ColorAugmentation()
    /// The least share of the area of a second view where views are cropped and resized; nil for that of the first
    /// view.
    @Within(above: 0, upTo: 1) public var viewArea: Double? = nil

    /// The project's choice for 32-pixel images.
    public init() {}
  }

  /// Where the published code does something else than the paper says or needs.
  public enum Variant: String, Sendable, Codable, CaseIterable {
    /// Queue entries that were never written belong to no class; frozen networks use running statistics; factors have
    /// no weight decay.
    case corrected
    /// Such entries belong to class 0; frozen networks use batch statistics; factors decay like weights.
    case published
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network; its head must be linear.
  public var model = ModelSettings()
  /// The schedule of the features, and of the new network.
  public var training = TrainingSettings.ssdCIFAR
  /// The schedule of the factors per class.
  public var balancing = TrainingSettings.balancing(after: .ssdCIFAR)
  /// The contrastive loss of the features; nil to learn them from labels alone.
  public var contrast: Contrast? = Contrast()
  /// The temperature of the soft labels.
  @Within(above: 0, upTo: 1000) public var temperature = 2.0
  /// The weight of the loss of labels.
  @Within(0...10_000) public var hardWeight = 1.0
  /// The weight of the distillation loss.
  @Within(0...10_000) public var softWeight = 1.0
  /// The head that predicts.
  public var prediction = SelfDistillationClassifier.Prediction.soft
  /// Whether the head of the soft labels is balanced at the end.
  public var balancesAgain = true
  /// Where the published code is followed.
  public var variant = Variant.corrected

  /// The published settings.
  public init() {}

  /// Features, soft labels, distillation and, if wanted, a last balancing.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let last = balancesAgain ? [try balancingAgain()] : []
    return recipe(name, [try features(), try softLabels(), try distillation()] + last, network: teacher)
  }

  // MARK: Networks

  private static let factors = ParameterSelection.head + ".scales"

  /// The network of the first two stages.
  private var teacher: ModelDescription {
    var description = model.description
    description.head = .scaledLinear
    guard let contrast else { return description }
    description.form = .contrastive(features: contrast.features)
    return description
  }

  /// The student; its heads have factors only where they are needed.
  private var student: ModelDescription {
    var description = model.description
    description.form = .twoHeads(prediction: prediction)
    description.head = balancesAgain ? .scaledLinear : .linear
    return description
  }

  /// Everything that is trained but the factors.
  private func trained(with more: [String] = []) -> ParameterSelection {
    guard !model.trainedParts.isEmpty else { return .allExcept([Self.factors]) }
    let head = [ParameterSelection.head + ".weight", ParameterSelection.head + ".bias"]
    return .only(model.trainedParts.flatMap { $0 == ParameterSelection.head ? head : [$0] } + more)
  }

  // MARK: Stages

  private func features() throws -> Stage {
    var stage = try training.stage(
      "features", training: trained(with: contrast == nil ? [] : ["projection_head"]),
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    guard let contrast else { return stage }
    let settings = ContrastiveFeatures.Settings(
      model: teacher,
      objective: try MaskedContrastive(
        temperature: contrast.temperature, excludesOwnClass: contrast.excludesOwnClass),
      weight: contrast.weight, features: contrast.features, queueLength: contrast.queueLength,
      momentum: contrast.momentum,
      firstLabel: variant == .published ? 0 : -1)
    stage.streams[0].furtherViews = [secondView(contrast)]
    stage.program = { try ContrastiveFeatures(settings, in: $0) }
    return stage
  }

  private func secondView(_ contrast: Contrast) -> Augmentation {
    var augmentation = contrast.viewColors.applied(to: training.augmentation)
    if let area = contrast.viewArea {
      augmentation.resizedCrop = (augmentation.resizedCrop ?? .init()).with { $0.minArea = area }
    }
    return augmentation
  }

  private func softLabels() throws -> Stage { try balancing(named: "soft-labels", factors: Self.factors) }

  private func distillation() throws -> Stage {
    let objective = try JointSelfDistillation(
      CrossEntropyLoss(labelSmoothing: training.labelSmoothing), temperature: temperature, hardWeight: hardWeight,
      softWeight: softWeight)
    var stage = try training.stage(
      "distillation", training: balancesAgain ? trained() : model.trained, objectives: [(.epochs(0), objective)])
    stage.model = student
    stage.teachers = ["soft-labels"]
    stage.teacherNormalization = frozenNormalization
    return stage
  }

  private func balancingAgain() throws -> Stage {
    let head = try student.headNames()[prediction == .hard ? 0 : 1]
    var stage = try balancing(named: "balanced", factors: head + ".scales")
    stage.model = student
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

  /// Takes the schedule of the paper where it has one for the benchmark, and a queue of about an epoch.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .cifar100LT, .cifar10LT: adopt(.ssdCIFAR)
    case .imageNetLT, .imageNetLTResNeXt50:
      var schedule = training
      (schedule.length, schedule.batchSize, schedule.learningRate) = (.epochs(135), 256, 0.1)
      adopt(schedule)
      useLargeImages(queueLength: 115_712, balancingEpochs: 5)
    case .iNaturalist2018: useLargeImages(queueLength: 131_072, balancingEpochs: 10)
    case .placesLT: useLargeImages(queueLength: 65_536, balancingEpochs: 10)
    case .synthetic: contrast?.queueLength = 1024
    case .cifar100LTBalms, .own: break
    }
  }

  private mutating func useLargeImages(queueLength: Int, balancingEpochs: Int) {
    contrast?.queueLength = queueLength
    contrast?.features = 128
    contrast?.viewArea = 0.2
    contrast?.viewColors.blurProbability = 0.5
    balancing.length = .epochs(balancingEpochs)
    (balancing.batchSize, balancing.learningRate) = (512, 0.2)
  }

  /// What the losses need of the network and the images.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(
      model.head == .linear, "model.head", model.head.rawValue, "linear; the method adds factors per class itself")
    checks.require(
      contrast == nil || !training.augmentation.mixes, "training.augmentation", "mixed images",
      "none that are mixed, which belong to no single class; set augmentation.mixing to null")
    if let length = contrast?.queueLength {
      checks.require(
        length >= training.batchSize, "contrast.queueLength", length,
        "at least training.batchSize (\(training.batchSize))")
    }
    checks.require(
      !balancesAgain || prediction != .mean, "prediction", prediction.rawValue,
      "hard or soft where balancesAgain is true, because one head is balanced")
  }
}

extension TrainingSettings {
  /// The project's own schedule of SSD on CIFAR, of which none was published: 200 epochs of 128 images, learning rate
  /// 0.1 after 5 epochs of warm-up, a cosine to 0, weight decay 5e-4.
  public static let ssdCIFAR: TrainingSettings = {
    var settings = cifar
    settings.schedule = .cosine
    settings.optimizer = .sgd(weightDecay: 5e-4)
    return settings
  }()

  /// A short training of factors per class at twice the learning rate, with class-aware sampling: 10 epochs, a cosine
  /// to 0, no weight decay.
  public static func balancing(after training: TrainingSettings) -> TrainingSettings {
    var settings = classifier(after: training)
    settings.sampler = .classAware
    settings.learningRate = 2 * training.learningRate
    settings.optimizer.weightDecay = 0
    return settings
  }
}
