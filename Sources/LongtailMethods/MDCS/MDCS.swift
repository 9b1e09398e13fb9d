import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Transforms
import VisionModels

/// MDCS, more diverse experts with consistency self-distillation: each expert is trained with a multiple of the log
/// prior of its own, so that one favours frequent and another rare classes; and its prediction for a weakly augmented
/// view is distilled into that for a strongly augmented one.
///
/// - Source: MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, ICCV 2023, and
///   its published code.
public struct MDCS: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "mdcs", title: "MDCS",
    summary: "experts with priors of their own, whose weak views are distilled into their strong views",
    paper: "MDCS, ICCV 2023", article: "MDCS", results: [.cifar100LT: "56.1 % all (factor 100, 400 epochs, published)"])
  /// A quirk of the published code.
  public static let variants = [
    Variant<Self>("published", "with the published code's floor of the prior") { $0.logFloor = 1e-9 }
  ]
  /// The strong view has an augmentation of its own.
  public static let viewPaths = ["strongAugmentation"]

  /// Distillation of an expert's prediction for the weak view into that for the strong view.
  public struct Consistency: Settings {
    /// The weight once it has ramped up.
    @Within(above: 0, upTo: 10_000) public var weight = 0.6
    /// The epochs over which the weight rises.
    @Within(0...1_000_000) public var rampEpochs = 20
    /// The temperature of both views' logits.
    @Within(above: 0, upTo: 1000) public var temperature = 1.0
    /// Which images are distilled.
    public var confidence = ConsistencySelfDistillation.Confidence.adjusted

    /// As published.
    public init() {}
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network that experts are made of.
  public var model = ModelSettings { $0.head = .cosine }
  /// The schedule; its augmentation is that of the weak view.
  public var training = TrainingSettings.mdcsCIFAR
  /// The augmentation of the strong view.
  public var strongAugmentation = Augmentation.strongCIFAR
  /// What experts share and how wide they are; there are as many as exponents.
  public var experts = ExpertSettings.reduced
  /// The multiple of the log prior that each expert is trained with: below 0 for frequent classes, above 1 for rare
  /// ones.
  @Within(-100...100) public var exponents: [Double] = [-0.5, 1, 2.5]
  /// The distillation between views; nil for none.
  public var consistency: Consistency? = Consistency()
  /// What is added to powers of the counts before their logarithm; 1e-9 in the published code.
  @Within(0...1) public var logFloor = 0.0

  /// The published settings.
  public init() {}

  /// One stage; every image is seen in two views.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective = try ConsistentExperts(
      counts: classes.counts, exponents: exponents, weight: consistency?.weight ?? 0,
      rampEpochs: consistency?.rampEpochs ?? 0, temperature: consistency?.temperature ?? 1,
      confidence: consistency?.confidence ?? .adjusted, logFloor: logFloor)
    var stage = try training.stage("experts", training: model.trained, objectives: [(.epochs(0), objective)])
    stage.streams[0].furtherViews = [strongAugmentation]
    stage.program = { _ in MultiViewProgram() }
    let experts = experts.with { $0.count = exponents.count }
    return recipe(name, [stage], network: model.description.with { $0.form = .experts(experts) })
  }

  /// Whether the augmentation of either view does.
  public var cropsFiles: Bool {
    training.augmentation.resizedCrop != nil || strongAugmentation.resizedCrop != nil
  }

  /// Takes the published schedule and views of a benchmark.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .cifar100LT, .cifar10LT: (training, strongAugmentation) = (.mdcsCIFAR, .strongCIFAR)
    case .cifar100LTBalms:
      // The augmentation of that schedule is that of the strong view.
      (training.augmentation, strongAugmentation) = (TrainingSettings.mdcsCIFAR.augmentation, training.augmentation)
    case .imageNetLT, .imageNetLTResNeXt50:
      (training.length, training.batchSize, training.learningRate) = (.epochs(400), 256, 0.1)
      training.optimizer = .sgd(weightDecay: 5e-4, nesterov: true)
      strongAugmentation = .strongLarge(training.augmentation)
    case .placesLT:
      (training.batchSize, training.learningRate, training.backboneLearningRateMultiplier) = (64, 0.01, 0.1)
      training.optimizer = .sgd(weightDecay: 4e-4, nesterov: true)
      training.schedule = .steps(at: [10, 20], [0.1, 0.01])
      experts.widthFactors = [1]
      model.trainedParts = []
      strongAugmentation = .strongLarge(training.augmentation)
    case .iNaturalist2018:
      (training.length, training.batchSize, training.learningRate) = (.epochs(400), 512, 0.2)
      training.schedule = .steps(at: [200, 300, 380], [0.1, 0.01, 0.001])
      training.warmupEpochs = 5
      training.optimizer = .sgd(weightDecay: 2e-4, nesterov: true)
      // The published loader has one view and cannot run; these are the views of ImageNet.
      training.augmentation = TrainingSettings.imageNetLT.augmentation
      strongAugmentation = .strongLarge(training.augmentation)
    case .synthetic, .own:
      // The usual augmentation is that of the weak view.
      strongAugmentation = training.augmentation
      strongAugmentation.policy = .init(.trivialAugment)
    }
  }

  /// The ramp-up of the distillation weight.
  public var pathsInEpochsOfTraining: [String] { ["consistency.rampEpochs"] }

  /// What the losses need of the experts and the images.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.count("exponents", exponents, 1...ExpertSettings.greatestCount)
    checks.require(
      experts.headSet == .single && experts.routing == nil, "experts.headSet and experts.routing", "set",
      "single and null: all experts are computed, with one head each")
    for (path, augmentation) in [
      ("training.augmentation", training.augmentation), ("strongAugmentation", strongAugmentation),
    ] {
      checks.require(
        !augmentation.mixes, path, "mixed images", "none that are mixed; set augmentation.mixing to null")
    }
    checks.unused("experts.count", if: true, "there are as many experts as exponents")
  }
}

extension TrainingSettings {
  /// The schedule of MDCS on CIFAR: 400 epochs of 64 images in two views, learning rate 0.1 after 20 epochs of warm-up,
  /// divided by ten at 200, 320 and 380, weight decay 5e-4; the weak view is cropped, flipped and rotated by up to 15
  /// degrees.
  ///
  /// - Source: the published code of MDCS, ICCV 2023.
  public static let mdcsCIFAR: TrainingSettings = {
    var settings = rideCIFAR
    (settings.length, settings.batchSize, settings.warmupEpochs) = (.epochs(400), 64, 20)
    settings.schedule = .steps(at: [200, 320, 380], [0.1, 0.01, 0.001])
    return settings
  }()
}

extension Augmentation {
  /// The strong view of large images: RandAugment beside the given augmentation.
  static func strongLarge(_ weak: Augmentation) -> Augmentation {
    var strong = weak
    strong.policy = .init {
      ($0.rule, $0.operations, $0.magnitude, $0.magnitudeNoise) = (.variedRandAugment, 2, 10, 0.5)
      ($0.interpolation, $0.fillsMean) = (.bilinearOrBicubic, true)
    }
    return strong
  }
}
