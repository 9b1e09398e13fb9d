import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import VisionModels

/// RIDE: narrow experts over shared early stages, each with a loss of its own and a diversity loss that is strongest
/// for rare classes; then a router that decides for each image how many experts are computed.
///
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, and its published code.
public struct RIDE: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "ride", title: "RIDE",
    summary: "narrow, diverse experts, and a router that computes as many of them as an image needs",
    paper: "RIDE, ICLR 2021", article: "RIDE",
    results: [
      .cifar100LT:
        "48.0 % all (factor 100, paper), 68.1 many, 49.2 medium, 23.9 few (from memory); 48.6 % released",
      .imageNetLTResNeXt50: "55.7 % all, 67.0 many, 52.2 medium, 36.0 few (100 epochs, released)",
      .iNaturalist2018: "71.2 % all (released)",
    ])
  /// Other numbers of experts, a teacher, and another loss.
  public static let variants = [
    Variant<Self>(
      "two-experts", "two experts", expecting: [.cifar100LT: "47.0 % all (factor 100, paper, from memory)"]
    ) { $0.experts.count = 2 },
    Variant<Self>("four-experts", "four experts", expecting: [.cifar100LT: "49.1 % all (factor 100, paper)"]) {
      $0.experts.count = 4
    },
    Variant<Self>(
      "distilled", "distilled from six experts", expecting: [.cifar100LT: "49.0 % all (factor 100, released)"]
    ) {
      $0.distillation = Distillation { $0.teacherWarmupEpochs = 5 }
      $0.training.warmupEpochs = 20
    },
    Variant<Self>("balanced-softmax", "Balanced Softmax in place of margins") { $0.expertLoss = .balancedSoftmax },
  ]
  /// The router's follows that of the experts, with a learning rate and batch of its own.
  public static let laterSchedules = [
    LaterSchedule<Self>("router.training", learningRateFactor: nil) { $0.router?.training = .routerTraining(after: $1) }
  ]

  /// The loss of each expert, beside diversity.
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

  /// The loss that makes experts disagree: a negative KL divergence at class-dependent temperatures.
  public struct Diversity: Settings {
    /// The weight of the divergence; below 0 experts are drawn together.
    @Within(-1000...1000) public var repulsion = 0.45
    /// The distribution that an expert diverges from.
    public var target = DistributionAwareDiversity.Target.detachedMean
    /// The temperature of the most frequent class.
    @Within(above: 0, upTo: 1000) public var baseTemperature = 1.0
    /// How strongly a class's temperature follows its frequency, once classes are re-weighted.
    @Within(0...1000) public var temperatureGamma = 0.05
    /// How the most frequent class gets the highest temperature.
    public var temperatureStyle = ClassTemperatures.Style.divided

    /// As published for CIFAR-100-LT.
    public init() {}

    /// A weight of 0 is no diversity.
    public func checkTogether(_ checks: inout SettingChecks) {
      checks.require(repulsion != 0, "repulsion", repulsion, "other than 0; set diversity to null for none")
    }
  }

  /// Distillation from a larger set of experts, which is trained first.
  public struct Distillation: Settings {
    /// The number of experts of the teacher.
    @Within(1...ExpertSettings.greatestCount) public var teacherExperts = 6
    /// The warm-up of the teacher, in epochs; nil for that of the student.
    @Within(0...1_000_000) public var teacherWarmupEpochs: Double? = nil
    /// The temperature of teacher and student logits.
    @Within(above: 0, upTo: 1000) public var temperature = 1.5
    /// The weight of the distillation loss.
    @Within(0...10_000) public var weight = 1.0
    /// Whether loss and distillation loss count once, or once per expert.
    public var repetition = ExpertDistillation.Repetition.perExpert

    /// Six experts teach.
    public init() {}
  }

  /// The router, which is trained last, over frozen experts.
  public struct Router: Settings {
    /// Its inputs and size, and the probability above which a further expert is computed.
    public var network = RoutingSettings()
    /// Its schedule.
    public var training = TrainingSettings.routerTraining(after: .rideCIFAR)
    /// The weight of images that need a further expert.
    @Within(above: 0, upTo: 1_000_000) public var positiveWeight = 100.0

    /// The router of CIFAR-100-LT.
    public init() {}
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network that experts are made of; margins need a cosine head.
  public var model = ModelSettings { $0.head = .cosine }
  /// The schedule of the experts.
  public var training = TrainingSettings.rideCIFAR
  /// How many experts, what they share, how wide they are.
  public var experts = ExpertSettings.reduced
  /// The loss of each expert, beside diversity.
  public var expertLoss = ExpertLoss.ldam
  /// Whether that is a loss of each expert's logits or of their mean.
  public var baseLogits = RoutingDiverseExperts.BaseLogits.individual
  /// The margin of the rarest class.
  @Within(above: 0, upTo: 10) public var maxMargin = 0.5
  /// Class weights, and temperatures by frequency, at the end of training; nil for neither.
  public var reweighting: Reweighting? = Reweighting()
  /// The loss that makes experts disagree; nil for none.
  public var diversity: Diversity? = Diversity()
  /// Distillation from a larger set of experts; nil for none.
  public var distillation: Distillation?
  /// The router; nil to compute all experts for every image.
  public var router: Router? = Router()

  /// The published settings on CIFAR-100-LT.
  public init() {}

  // MARK: Benchmarks

  /// Takes the published schedule and strengths of a benchmark.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .cifar100LT, .cifar10LT:
      adopt(.rideCIFAR)
      router?.training.batchSize = 512
    case .imageNetLT, .imageNetLTResNeXt50:
      adopt(.rideLarge(training, batchSize: 256, learningRate: 0.1))
      useLargeImages(temperatureGamma: 0.02, topLogits: benchmark == .imageNetLT ? 30 : 50)
      router?.training.batchSize = 512
    case .iNaturalist2018:
      adopt(.rideLarge(training, batchSize: 512, learningRate: 0.2))
      useLargeImages(temperatureGamma: 0.015, topLogits: 50)
      router?.training.batchSize = 512
    case .placesLT:
      // No schedule was published: that of the benchmark, for the experts' own stages.
      model.trainedParts = ["experts"]
      experts.widthFactors = [1]
      useLargeImages(temperatureGamma: 0.02, topLogits: 50)
    case .cifar100LTBalms, .synthetic, .own: break
    }
  }

  private mutating func useLargeImages(temperatureGamma: Double, topLogits: Int) {
    diversity?.repulsion = 0.2
    diversity?.temperatureGamma = temperatureGamma
    router?.network.topLogits = topLogits
  }

  // MARK: Recipe

  /// A teacher if there is one, the experts, then the router.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try objectives(for: classes)
    var stages: [Stage] = []
    var student = try training.stage("experts", training: model.trained, objectives: distilled(loss))
    student.model = network(count: experts.count)
    if let distillation {
      var schedule = training
      schedule.warmupEpochs = distillation.teacherWarmupEpochs ?? schedule.warmupEpochs
      var teacher = try schedule.stage("teacher", training: model.trained, objectives: loss)
      teacher.model = network(count: distillation.teacherExperts)
      stages.append(teacher)
      // The student is initialised anew, also where it has as many experts as the teacher.
      (student.teachers, student.initializations) = (["teacher"], [.reinitializedModel])
    }
    stages.append(student)
    // A single expert leaves nothing to decide.
    let router = experts.count > 1 ? router : nil
    if let router {
      stages.append(
        try router.training.stage(
          "router", training: .only(["router"]),
          objectives: [(.epochs(0), RoutingObjective(positiveWeight: router.positiveWeight))]))
    }
    var recipe = recipe(name, stages, network: network(count: experts.count, routing: router?.network))
    if router != nil { recipe.inference = .routed }
    return recipe
  }

  private func network(count: Int, routing: RoutingSettings? = nil) -> ModelDescription {
    let experts = experts.with { ($0.count, $0.routing) = (count, routing) }
    return model.description.with { $0.form = .experts(experts) }
  }

  // MARK: Losses

  /// Before and after classes are re-weighted.
  private func objectives(for classes: ClassDistribution) throws -> [(from: TrainingLength, objective: any Objective)] {
    let plain = (TrainingLength.epochs(0), try diverse(loss(for: classes), for: classes))
    guard let reweighting else { return [plain] }
    return [
      plain,
      (
        training.length.start(ofLast: reweighting.share),
        try diverse(loss(for: classes, beta: reweighting.beta), for: classes, byFrequency: true)
      ),
    ]
  }

  private func diverse(
    _ loss: any RowObjective, for classes: ClassDistribution, byFrequency: Bool = false
  ) throws -> any Objective {
    let term = try diversity.map { diversity in
      let temperatures =
        try byFrequency
        ? ClassTemperatures(
          counts: classes.counts, base: diversity.baseTemperature, gamma: diversity.temperatureGamma,
          style: diversity.temperatureStyle)
        : ClassTemperatures(
          uniform: diversity.baseTemperature, classes: classes.classCount, style: diversity.temperatureStyle)
      return try DistributionAwareDiversity(
        repulsion: diversity.repulsion, temperatures: temperatures, target: diversity.target)
    }
    return try RoutingDiverseExperts(loss, on: baseLogits, diversity: term)
  }

  /// - Parameter beta: that of class weights, once classes are re-weighted.
  private func loss(for classes: ClassDistribution, beta: Double? = nil) throws -> any RowObjective {
    switch expertLoss {
    case .ldam:
      return try LDAMLoss(
        counts: classes.counts, maxMargin: maxMargin, scale: model.cosineScale, reweightingBeta: beta)
    case .crossEntropy:
      if let beta { return try ClassBalancedLoss(counts: classes.counts, beta: beta) }
      return try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    case .focal: return try FocalLoss()
    case .balancedSoftmax: return try BalancedSoftmaxLoss(classes)
    }
  }

  private func distilled(
    _ objectives: [(from: TrainingLength, objective: any Objective)]
  ) throws -> [(from: TrainingLength, objective: any Objective)] {
    guard let distillation else { return objectives }
    return try objectives.map { start, objective in
      (
        start,
        try ExpertDistillation(
          objective, temperature: distillation.temperature, weight: distillation.weight,
          repetition: distillation.repetition)
      )
    }
  }

  // MARK: Rules

  /// The warm-up of the teacher.
  public var pathsInEpochsOfTraining: [String] { ["distillation.teacherWarmupEpochs"] }

  /// What the losses need of the network, the experts and the images.
  public func checkTogether(_ checks: inout SettingChecks) {
    if expertLoss != .crossEntropy || reweighting != nil {
      TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    }
    let isPlainCosine = model.head == .cosine && model.scaleRule == .fixed && model.featureLength == .unit
    checks.require(
      expertLoss != .ldam || isPlainCosine, "model.head", model.head.rawValue,
      "cosine with a fixed scale and unit features, because LDAM's margins are cosines; or set expertLoss=crossEntropy")
    checks.require(experts.headSet == .single, "experts.headSet", experts.headSet.rawValue, "single")
    checks.require(
      experts.routing == nil, "experts.routing", "set", "null; the router has a group of its own, router")
    checks.require(
      !training.augmentation.mixes, "training.augmentation", "mixed images",
      "none that are mixed; set augmentation.mixing to null")
    checks.unused("maxMargin", if: expertLoss != .ldam, "only expertLoss=ldam has margins")
    checks.unused(
      "reweighting.beta", if: reweighting != nil && (expertLoss == .focal || expertLoss == .balancedSoftmax),
      "only expertLoss=ldam and crossEntropy have class weights")
  }
}

extension TrainingSettings {
  /// The schedule of RIDE on CIFAR: that of LDAM-DRW with Nesterov momentum, weight decay 5e-4, and rotations up to 15
  /// degrees.
  ///
  /// - Source: the published code of Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021.
  public static let rideCIFAR: TrainingSettings = {
    var settings = cifar
    settings.optimizer = .sgd(weightDecay: 5e-4, nesterov: true)
    settings.augmentation.rotation = 15
    return settings
  }()

  /// The schedule of RIDE at 224 pixels: 100 epochs with 5 of warm-up, a tenth of the learning rate from epoch 60 and
  /// again from 80, weight decay 2e-4; the augmentation is that of the given schedule.
  public static func rideLarge(
    _ usual: TrainingSettings, batchSize: Int, learningRate: Double
  ) -> TrainingSettings {
    var settings = usual
    (settings.length, settings.batchSize, settings.learningRate) = (.epochs(100), batchSize, learningRate)
    settings.schedule = .steps(at: [60, 80], [0.1, 0.01])
    settings.warmupEpochs = 5
    settings.optimizer = .sgd(weightDecay: 2e-4, nesterov: true)
    return settings
  }

  /// A short training of the router with class-aware sampling: 5 epochs, learning rate 0.01 with a cosine to 0, weight
  /// decay 5e-4. Published runs take 512 images per step.
  ///
  /// - Source: the published code of Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021.
  public static func routerTraining(after training: TrainingSettings) -> TrainingSettings {
    var settings = classifier(after: training)
    settings.length = .epochs(5)
    settings.sampler = .classAware
    settings.learningRate = 0.01
    settings.optimizer = .sgd(weightDecay: 5e-4, nesterov: true)
    return settings
  }
}
