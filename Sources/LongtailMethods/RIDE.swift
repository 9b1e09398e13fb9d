import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData
import VisionModels

/// Routing diverse experts: narrow experts over shared early stages, each with a loss of its own, pushed apart most for rare classes; then
/// router that decide for each image whether a further expert is asked.
///
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, and its published code.
public struct RIDE: MethodSettings {
  /// What each expert minimises beside diversity.
  public enum ExpertLoss: String, Sendable, Codable, CaseIterable {
    /// Margins, re-weighted from the deferred phase on.
    case ldam
    /// Cross-entropy, weighted by the effective number of images from the deferred phase on.
    case crossEntropy
    /// Focal loss.
    case focal
    /// Cross-entropy with the training prior added to the logits.
    case balancedSoftmax
  }

  /// Which images are used.
  public var data: DataSettings
  /// The network that experts are made of; margins need a cosine head.
  public var model: ModelSettings
  /// The schedule of the experts.
  public var training: TrainingSettings
  /// How many experts, what they share, how wide they are.
  public var experts: ExpertSettings
  /// What each expert minimises beside diversity.
  public var expertLoss: ExpertLoss
  /// Whether that is a loss of each expert's own scores or of their mean.
  public var baseLogits: RoutingDiverseExperts.BaseLogits
  /// The margin of the rarest class.
  public var maxMargin: Double
  /// The beta of the effective number of images.
  public var beta: Double
  /// The share of the epochs, at the end, with weights and temperatures by frequency; 0 for none.
  public var reweightedShare: Double
  /// How strongly experts are pushed apart; below 0 they are drawn together.
  public var repulsion: Double
  /// What an expert is pushed away from.
  public var diversityTarget: DistributionAwareDiversity.Target
  /// The temperature of the commonest class.
  public var baseTemperature: Double
  /// How strongly a class's temperature follows its frequency.
  public var temperatureGamma: Double
  /// How the commonest class gets the greatest temperature.
  public var temperatureStyle: ClassTemperatures.Style
  /// Experts of a teacher that is trained first; 0 for none.
  public var teacherExperts: Int
  /// The epochs over which the teacher's rate rises; below 0 for those of the experts.
  public var teacherWarmupEpochs: Double
  /// The temperature of the teacher's soft labels.
  public var distillationTemperature: Double
  /// The weight of the teacher.
  public var distillationWeight: Double
  /// Whether loss and distillation count once or once an expert.
  public var distillationRepetition: ExpertDistillation.Repetition
  /// Whether router are trained in a last stage, and decide at test time.
  public var routes: Bool
  /// What router see, and when they ask.
  public var routing: RoutingSettings
  /// The schedule of the router.
  public var routerTraining: TrainingSettings
  /// The weight of images that need a further expert.
  public var positiveWeight: Double

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine), training: TrainingSettings = .rideCIFAR,
    experts: ExpertSettings = .reduced, expertLoss: ExpertLoss = .ldam,
    baseLogits: RoutingDiverseExperts.BaseLogits = .individual,
    maxMargin: Double = 0.5, beta: Double = 0.9999, reweightedShare: Double = 0.2, repulsion: Double = 0.45,
    diversityTarget: DistributionAwareDiversity.Target = .detachedMean, baseTemperature: Double = 1,
    temperatureGamma: Double = 0.05, temperatureStyle: ClassTemperatures.Style = .divided, teacherExperts: Int = 0,
    teacherWarmupEpochs: Double = -1, distillationTemperature: Double = 1.5, distillationWeight: Double = 1,
    distillationRepetition: ExpertDistillation.Repetition = .perExpert, routes: Bool = true,
    routing: RoutingSettings = .init(), positiveWeight: Double = 100
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.experts = experts
    self.expertLoss = expertLoss
    self.baseLogits = baseLogits
    self.maxMargin = maxMargin
    self.beta = beta
    self.reweightedShare = reweightedShare
    self.repulsion = repulsion
    self.diversityTarget = diversityTarget
    self.baseTemperature = baseTemperature
    self.temperatureGamma = temperatureGamma
    self.temperatureStyle = temperatureStyle
    self.teacherExperts = teacherExperts
    self.teacherWarmupEpochs = teacherWarmupEpochs
    self.distillationTemperature = distillationTemperature
    self.distillationWeight = distillationWeight
    self.distillationRepetition = distillationRepetition
    self.routes = routes
    self.routing = routing
    self.positiveWeight = positiveWeight
    routerTraining = .routerTraining(after: training)
  }

  /// A teacher if there is one, the experts, then the router.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try objectives(for: classes)
    var stages: [Stage] = []
    if teacherExperts > 0 {
      var teacher = try teaching.stage("teacher", training: model.trained, objectives: loss)
      teacher.model = network(count: teacherExperts)
      stages.append(teacher)
    }
    var diverse = try training.stage("experts", training: model.trained, objectives: taught(loss))
    diverse.model = network(count: experts.count)
    if teacherExperts > 0 {
      // The one that is taught begins anew, also where it has as many experts.
      (diverse.teachers, diverse.initializations) = (["teacher"], [.reinitializedModel])
    }
    stages.append(diverse)
    let isRouted = routes && experts.count > 1
    if isRouted { stages.append(try routerStage()) }
    var recipe = Recipe(
      name, source: "RIDE, ICLR 2021", model: network(count: experts.count, routing: isRouted ? routing : nil),
      preprocessing: model.preprocessing, stages: stages)
    if isRouted { recipe.inference = .routed }
    return recipe
  }

  /// The schedule of the teacher.
  private var teaching: TrainingSettings {
    var settings = training
    if teacherWarmupEpochs >= 0 { settings.warmupEpochs = teacherWarmupEpochs }
    return settings
  }

  private func network(count: Int, routing: RoutingSettings? = nil) -> ModelDescription {
    var description = model.description
    description.form = .experts
    description.experts = experts
    (description.experts.count, description.experts.routing) = (count, routing)
    return description
  }

  // MARK: Losses

  /// Before and after weights and temperatures by frequency begin.
  private func objectives(for classes: ClassDistribution) throws -> [(from: TrainingLength, objective: any Objective)] {
    let begin = try ClassTemperatures(
      uniform: baseTemperature, classes: classes.classCount, style: temperatureStyle)
    let plain = (TrainingLength.epochs(0), try diverse(loss(for: classes, isReweighted: false), begin))
    guard reweightedShare > 0 else { return [plain] }
    let end = try ClassTemperatures(
      counts: classes.counts, base: baseTemperature, gamma: temperatureGamma, style: temperatureStyle)
    return [
      plain,
      (training.length.start(ofLast: reweightedShare), try diverse(loss(for: classes, isReweighted: true), end)),
    ]
  }

  private func diverse(_ loss: any RowObjective, _ temperatures: ClassTemperatures) throws -> any Objective {
    try RoutingDiverseExperts(
      loss, on: baseLogits,
      diversity: repulsion == 0
        ? nil : DistributionAwareDiversity(repulsion: repulsion, temperatures: temperatures, target: diversityTarget))
  }

  private func loss(for classes: ClassDistribution, isReweighted: Bool) throws -> any RowObjective {
    switch expertLoss {
    case .ldam:
      try LDAMLoss(
        counts: classes.counts, maxMargin: maxMargin, scale: model.cosineScale,
        reweightingBeta: isReweighted ? beta : nil)
    case .crossEntropy where isReweighted: try ClassBalancedLoss(counts: classes.counts, beta: beta)
    case .crossEntropy: try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    case .focal: try FocalLoss()
    case .balancedSoftmax: try BalancedSoftmaxLoss(classes)
    }
  }

  private func taught(
    _ objectives: [(from: TrainingLength, objective: any Objective)]
  ) throws -> [(from: TrainingLength, objective: any Objective)] {
    guard teacherExperts > 0 else { return objectives }
    return try objectives.map {
      (
        $0.from,
        try ExpertDistillation(
          $0.objective, temperature: distillationTemperature, weight: distillationWeight,
          repetition: distillationRepetition)
      )
    }
  }

  /// Routers alone, over fixed experts.
  private func routerStage() throws -> Stage {
    try routerTraining.stage(
      "router", training: .only(["router"]),
      objectives: [(.epochs(0), RoutingObjective(positiveWeight: positiveWeight))])
  }

  // MARK: Settings

  /// The schedule of the experts, and a short one of the router.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    routerTraining = .routerTraining(after: schedule)
  }

  /// Takes the published schedule and strengths of a target.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "cifar100-lt", "cifar10-lt":
      adopt(.rideCIFAR)
      routerTraining.batchSize = 512
    case "imagenet-lt", "imagenet-lt/resnext50":
      adopt(.rideLarge(training, batchSize: 256, learningRate: 0.1))
      (repulsion, temperatureGamma, routing.topLogits) = (0.2, 0.02, name == "imagenet-lt" ? 30 : 50)
      routerTraining.batchSize = 512
    case "inaturalist2018":
      adopt(.rideLarge(training, batchSize: 512, learningRate: 0.2))
      (repulsion, temperatureGamma, routing.topLogits) = (0.2, 0.015, 50)
      routerTraining.batchSize = 512
    case "places-lt":
      // No published schedule: that of the data, for the experts' own stages.
      model.trainedParts = ["experts"]
      experts.widthFactors = [1]
      (repulsion, temperatureGamma, routing.topLogits) = (0.2, 0.02, 50)
    default: break
    }
  }
}

extension RIDE {
  /// The warm-up of the teacher.
  public var pathsInEpochsOfTraining: [String] { ["teacherWarmupEpochs"] }

  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    if expertLoss != .crossEntropy || reweightedShare > 0 {
      TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    }
    checks.group("experts", experts)
    checks.number("maxMargin", maxMargin, above: 0, upTo: 10)
    checks.number("beta", beta, in: 0..<1)
    checks.number("reweightedShare", reweightedShare, in: 0...1)
    checks.number("repulsion", repulsion, in: -1000...1000)
    checks.number("baseTemperature", baseTemperature, above: 0, upTo: 1000)
    checks.number("temperatureGamma", temperatureGamma, in: 0...1000)
    checks.integer("teacherExperts", teacherExperts, in: 0...ExpertSettings.greatestCount)
    checks.number("teacherWarmupEpochs", teacherWarmupEpochs, in: -1...1_000_000)
    checks.number("distillationTemperature", distillationTemperature, above: 0, upTo: 1000)
    checks.number("distillationWeight", distillationWeight, in: 0...10_000)
    checks.group("routing", routing)
    checks.group("routerTraining", routerTraining)
    checks.number("positiveWeight", positiveWeight, above: 0, upTo: 1_000_000)
    let isPlainCosine = model.head == .cosine && model.scaleRule == .fixed && model.featureLength == .unit
    checks.require(
      expertLoss != .ldam || isPlainCosine, "model.head", model.head.rawValue,
      "cosine with a fixed scale and unit features, because LDAM's margins are cosines; or set expertLoss=crossEntropy")
    checks.require(experts.headSet == .single, "experts.headSet", experts.headSet.rawValue, "single")
    checks.require(experts.routing == nil, "experts.routing", "set", "null; router have the setting routing")
    checks.require(
      !training.augmentation.mixes, "training.augmentation", "mixed images",
      "none that are mixed; set mixupAlpha and cutmixAlpha to 0")
    for name in ["teacherWarmupEpochs", "distillationTemperature", "distillationWeight"] {
      checks.unused(name, if: teacherExperts == 0, "there is a teacher only where teacherExperts is above 0")
    }
  }
}

extension TrainingSettings {
  /// The schedule of RIDE on CIFAR: that of LDAM-DRW with Nesterov's momentum, weight decay 5e-4, and rotations up to 15 degrees.
  ///
  /// - Source: the published code of Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021.
  public static let rideCIFAR: TrainingSettings = {
    var settings = cifar
    settings.optimizer = .sgd(weightDecay: 5e-4, isNesterov: true)
    settings.augmentation.rotation = 15
    return settings
  }()

  /// The schedule of RIDE at 224 pixels: 100 epochs, a tenth of the rate at 60 and again at 80 after 5 epochs of rise, weight decay 2e-4; changes of
  /// images are those of the given schedule.
  public static func rideLarge(
    _ usual: TrainingSettings, batchSize: Int, learningRate: Double
  ) -> TrainingSettings {
    var settings = usual
    (settings.length, settings.batchSize, settings.learningRate) = (.epochs(100), batchSize, learningRate)
    (settings.schedule, settings.decayEpochs, settings.decayFactors) = (.steps, [60, 80], [0.1, 0.01])
    settings.warmupEpochs = 5
    settings.optimizer = .sgd(weightDecay: 2e-4, isNesterov: true)
    return settings
  }

  /// A short training of router, class after class: 5 epochs, rate 0.01 with a cosine to 0, weight decay 5e-4. Published runs take 512
  /// images a step.
  ///
  /// - Source: the published code of Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021.
  public static func routerTraining(after training: TrainingSettings) -> TrainingSettings {
    var settings = classifier(after: training)
    settings.length = .epochs(5)
    settings.sampler = .classAware
    settings.learningRate = 0.01
    settings.optimizer = .sgd(weightDecay: 5e-4, isNesterov: true)
    return settings
  }
}
