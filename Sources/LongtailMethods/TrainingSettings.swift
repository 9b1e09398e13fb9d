import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Transforms

/// How a single network is trained in one stage.
public struct TrainingSettings: Sendable, Codable, Equatable {
  /// The form of the learning rate's decline.
  public enum ScheduleShape: String, Sendable, Codable, CaseIterable {
    /// Factors at `decayEpochs`.
    case steps
    /// Half a cosine to 0, at every step.
    case cosine
    /// Half a cosine by epochs that is advanced before the first one, so that the last epoch has rate 0, after a rise
    /// from `warmupStart`; as in the published Balanced Meta-Softmax code.
    case advancedCosine
    /// Half a cosine by epochs to 0 after a rise that begins a step below `warmupStart` and ends a step below the highest rate; as in the
    /// published SHIKE code.
    case lateWarmupCosine
    /// No decline.
    case constant
  }

  /// How long training lasts.
  public var length: TrainingLength
  /// Images per step, over all devices together.
  public var batchSize: Int
  /// Which images make an epoch.
  public var sampler: SamplerKind
  /// The highest learning rate.
  public var learningRate: Double
  /// Epochs of linear warm-up. Of two whole epochs or more, epoch `e` of `W` has `(e + 1) / W` of the learning rate; shorter or broken ones
  /// rise with every step.
  public var warmupEpochs: Double
  /// Where the rise of an advanced cosine or of a cosine with a late warm-up starts, as a share of the highest rate.
  public var warmupStart: Double
  /// The form of the decline.
  public var schedule: ScheduleShape
  /// When the learning rate changes, in epochs from 0, whole or not.
  public var decayEpochs: [Double]
  /// The rate from each change on, as a share of the highest rate.
  public var decayFactors: [Double]
  /// Rule, momentum, weight decay.
  public var optimizer: OptimizerSettings
  /// A limit on the length of all gradients together; 0 for none.
  public var gradientClipping: Double
  /// The share of a moving average of the weights that each step keeps; 0 for no average.
  public var emaDecay: Double
  /// The share of the target that is spread over all classes, for objectives that are cross-entropies.
  public var labelSmoothing: Double
  /// Random changes to images.
  public var augmentation: Augmentation
  /// How often each image comes in a row, changed differently each time; an epoch shows as much fewer images.
  public var repetitions = 1
  /// Whether the last batch of an epoch is left out where it has fewer images than the others. An epoch of a single batch keeps it.
  public var dropsLastBatch = false
  /// The rate of everything but the classifiers, as a share of the learning rate: below 1 where features begin with good weights.
  public var backboneLearningRateMultiplier = 1.0

  /// Changes of the rate that training does not live to see, in epochs from 0; after another length they usually are a mistake.
  public var unreachedDecayEpochs: [Double] {
    guard schedule == .steps, case .epochs(let count) = length else { return [] }
    return decayEpochs.filter { $0 >= Double(count) }
  }

  /// The recipe of the LDAM-DRW family on CIFAR: 200 epochs of 128 images, rate 0.1 after 5 epochs of rise, to a hundredth at epoch
  /// 160 and again at 180, weight decay 2e-4, crop and flip.
  public static let cifar = TrainingSettings(
    length: .epochs(200), batchSize: 128, sampler: .instanceBalanced, learningRate: 0.1, warmupEpochs: 5,
    warmupStart: 0,
    schedule: .steps, decayEpochs: [160, 180], decayFactors: [0.01, 0.0001], optimizer: .sgd(weightDecay: 2e-4),
    gradientClipping: 0, emaDecay: 0, labelSmoothing: 0, augmentation: .cropAndFlip)

  /// The longer schedule of the Balanced Meta-Softmax paper on CIFAR-100-LT at factor 100: 591 epochs, of which 37 are warm-up.
  public static let balms = balms(imageCount: 10_847)
  /// The same on CIFAR-10-LT at factor 100: 520 epochs, of which 32 are warm-up.
  public static let balmsCIFAR10 = balms(imageCount: 12_406)

  /// The longer schedule of the Balanced Meta-Softmax paper on CIFAR: 13,000 steps of 512 images, learning rate 0.05 rising to 0.1 over 800
  /// steps, then a cosine to 0, weight decay 5e-4, crop, flip, AutoAugment and Cutout. As in the published code steps are counted in whole
  /// epochs, rounded up.
  ///
  /// - Parameter imageCount: training images.
  /// - Source: the published code of Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020.
  public static func balms(imageCount: Int) -> TrainingSettings {
    func ceiling(_ count: Int, over divisor: Int) -> Int { max(1, (count + divisor - 1) / divisor) }
    let stepsPerEpoch = ceiling(max(1, imageCount), over: 512)
    var settings = TrainingSettings(
      length: .epochs(ceiling(13_000, over: stepsPerEpoch)), batchSize: 512, sampler: .instanceBalanced,
      learningRate: 0.1, warmupEpochs: Double(ceiling(800, over: stepsPerEpoch)), warmupStart: 0.5,
      schedule: .advancedCosine,
      decayEpochs: [], decayFactors: [], optimizer: .sgd(weightDecay: 5e-4), gradientClipping: 0, emaDecay: 0,
      labelSmoothing: 0, augmentation: .strongCIFAR)
    // The published loop ends an epoch after its whole batches, though it counts its length by all of them.
    settings.dropsLastBatch = true
    return settings
  }

  /// A short schedule for the synthetic images.
  public static let synthetic = TrainingSettings(
    length: .epochs(30), batchSize: 64, sampler: .instanceBalanced, learningRate: 0.1, warmupEpochs: 2, warmupStart: 0,
    schedule: .cosine, decayEpochs: [], decayFactors: [], optimizer: .sgd(weightDecay: 5e-4, isNesterov: true),
    gradientClipping: 0, emaDecay: 0, labelSmoothing: 0,
    augmentation: Augmentation(cropPadding: 2, flipProbability: 0, cutoutSize: 0))

  /// The schedule of the long-tailed ImageNet: 90 epochs of 512 images, rate 0.2 with a cosine to 0, weight decay 5e-4, resized crops, flip,
  /// and changes of brightness, contrast and saturation.
  ///
  /// Source: Balanced Meta-Softmax, NeurIPS 2020, and its published code; Decoupling, ICLR 2020.
  public static let imageNetLT = TrainingSettings(
    length: .epochs(90), batchSize: 512, sampler: .instanceBalanced, learningRate: 0.2, warmupEpochs: 0,
    warmupStart: 0, schedule: .cosine, decayEpochs: [], decayFactors: [], optimizer: .sgd(weightDecay: 5e-4),
    gradientClipping: 0, emaDecay: 0, labelSmoothing: 0,
    augmentation: Augmentation(cropPadding: 0, flipProbability: 0.5, cutoutSize: 0) {
      $0.resizedCropArea = 0.08
      ($0.brightness, $0.contrast, $0.saturation) = (0.4, 0.4, 0.4)
    })

  /// The schedule of the long-tailed Places, from ImageNet weights: 30 epochs of 512 images, a cosine to 0; learning rate 0.1 for the
  /// classifier, which starts from scratch, and 0.001 for the features.
  ///
  /// Source: Decoupling, ICLR 2020, section 5.1, and the answers in its code base; for the learning rates, which these leave out, the
  /// published code of Large-Scale Long-Tailed Recognition in an Open World, CVPR 2019.
  public static let placesLT: TrainingSettings = {
    var settings = imageNetLT
    settings.length = .epochs(30)
    (settings.learningRate, settings.backboneLearningRateMultiplier) = (0.1, 0.01)
    return settings
  }()

  /// The schedule of iNaturalist 2018: 90 epochs of 512 images, rate 0.2 with a cosine to 0, weight decay 1e-4, resized crops and flip.
  ///
  /// Source: Decoupling, ICLR 2020, section 5.1.
  public static let iNaturalist: TrainingSettings = {
    var settings = imageNetLT
    settings.optimizer = .sgd(weightDecay: 1e-4)
    settings.augmentation = .resizedCropAndFlip
    return settings
  }()

  /// A general schedule for images of your own: 90 epochs of 64 images, rate 0.05 with a cosine to 0, weight decay 5e-4.
  public static let own = TrainingSettings(
    length: .epochs(90), batchSize: 64, sampler: .instanceBalanced, learningRate: 0.05, warmupEpochs: 5, warmupStart: 0,
    schedule: .cosine, decayEpochs: [], decayFactors: [], optimizer: .sgd(weightDecay: 5e-4, isNesterov: true),
    gradientClipping: 0, emaDecay: 0, labelSmoothing: 0,
    augmentation: Augmentation(cropPadding: 8, flipProbability: 0.5, cutoutSize: 0))

  /// A short training of a classifier over fixed features, with classes equally likely: 10 epochs, a cosine to 0, everything else as in
  /// the given training.
  ///
  /// Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 5.1.
  public static func classifier(after features: TrainingSettings) -> TrainingSettings {
    var settings = features
    settings.length = .epochs(10)
    settings.sampler = .classBalanced
    settings.warmupEpochs = 0
    settings.warmupStart = 0
    settings.schedule = .cosine
    settings.decayEpochs = []
    settings.decayFactors = []
    settings.backboneLearningRateMultiplier = 1
    return settings
  }

  /// The schedule of the learning rate.
  public var learningRateSchedule: Schedule {
    // A published warm-up by epochs has no rise at all within a single epoch, so shorter ones rise by steps.
    let wholeEpochs = Int(exactly: warmupEpochs).flatMap { $0 == 1 ? nil : $0 }
    let start = usesWarmupStart ? warmupStart : 0
    let rest: Schedule =
      switch schedule {
      case .steps: .factors(zip(decayEpochs, decayFactors).map { .init(epoch: $0, $1) })
      case .cosine: .cosine(end: 0, by: .step)
      case .constant: .constant
      case .advancedCosine, .lateWarmupCosine: .cosineAfterWarmup(epochs: warmupEpochs, end: 0)
      }
    guard let wholeEpochs else { return .warmupBySteps(start: start, epochs: warmupEpochs, then: rest) }
    switch schedule {
    case .advancedCosine:
      return wholeEpochs > 0
        ? .warmupAdvancedCosine(start: warmupStart, epochs: wholeEpochs, end: 0) : .advancedCosine(end: 0)
    case .lateWarmupCosine: return .lateWarmupCosine(start: warmupStart, epochs: wholeEpochs, end: 0)
    case .steps, .cosine, .constant:
      return wholeEpochs > 0 ? .warmup(length: .epochs(wholeEpochs), by: .epoch, then: rest) : rest
    }
  }

  private var usesWarmupStart: Bool { schedule == .advancedCosine || schedule == .lateWarmupCosine }

  /// The usual stage: these settings with an objective per phase.
  /// - Throws: `SettingFault` for values outside their ranges.
  public func stage(
    _ name: String, training selection: ParameterSelection = .all, initializations: [StageInitialization] = [],
    objectives: [(from: TrainingLength, objective: any Objective)]
  ) throws -> Stage {
    try requireValid(at: "training")
    var stage = Stage(
      name, for: length, batchSize: batchSize, sampler: sampler, optimizer: optimizer, learningRate: learningRate,
      schedule: learningRateSchedule, clipping: gradientClipping > 0 ? gradientClipping : nil, training: selection,
      phases: objectives.map { Phase(from: $0.from, objective: $0.objective, augmentation: augmentation) },
      initializations: initializations, emaDecay: emaDecay > 0 ? emaDecay : nil, repetitions: repetitions)
    stage.updates[0].backboneLearningRateMultiplier = backboneLearningRateMultiplier
    stage.streams[0].dropsLastBatch = dropsLastBatch
    return stage
  }
}

extension TrainingSettings: CheckedSettings {
  /// Ranges of all numbers, and what they must be together.
  public func check(_ checks: inout SettingChecks) {
    checks.length("length", length)
    checks.integer("batchSize", batchSize, in: 1...1_000_000)
    checks.number("learningRate", learningRate, above: 0, upTo: 1000)
    checks.number("warmupEpochs", warmupEpochs, in: 0...1_000_000)
    checks.number("warmupStart", warmupStart, in: 0...1)
    checks.numbers("decayEpochs", decayEpochs, in: 0...1_000_000)
    checks.numbers("decayFactors", decayFactors, in: 0...1000)
    checks.group("optimizer", optimizer)
    checks.number("gradientClipping", gradientClipping, in: 0...1_000_000)
    checks.number("emaDecay", emaDecay, in: 0..<1)
    checks.number("labelSmoothing", labelSmoothing, in: 0..<1)
    checks.group("augmentation", augmentation)
    checks.integer("repetitions", repetitions, in: 1...64)
    checks.number("backboneLearningRateMultiplier", backboneLearningRateMultiplier, above: 0, upTo: 1000)
    checks.require(
      decayEpochs.count == decayFactors.count, "decayFactors", decayFactors,
      "as many numbers as decayEpochs (\(decayEpochs.count))")
    for (name, isEmpty) in [("decayEpochs", decayEpochs.isEmpty), ("decayFactors", decayFactors.isEmpty)] {
      checks.unused(
        name, if: schedule != .steps && !isEmpty, "only schedule=steps has milestones; this one is \(schedule.rawValue)"
      )
    }
    checks.unused(
      "warmupStart", if: warmupStart > 0 && (!usesWarmupStart || warmupEpochs == 0),
      "only schedule=advancedCosine and lateWarmupCosine with a warm-up start at a share of the learning rate")
  }

  /// Refuses smoothed targets for a loss that has none, rather than leave them out unsaid.
  static func requireNoLabelSmoothing(
    _ checks: inout SettingChecks, in settings: TrainingSettings, at path: String = "training"
  ) {
    checks.require(
      settings.labelSmoothing == 0, path + ".labelSmoothing", settings.labelSmoothing,
      "0: the loss of this method has no smoothed targets")
  }
}
