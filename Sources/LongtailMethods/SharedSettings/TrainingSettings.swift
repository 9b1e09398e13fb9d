import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Transforms

/// How a network is trained in one stage: length, batches, learning rate, optimiser, augmentation.
public struct TrainingSettings: Settings {
  /// How long training lasts.
  public var length = TrainingLength.epochs(200)
  /// Images per step, over all devices together.
  @Within(1...1_000_000) public var batchSize = 128
  /// Which images make an epoch.
  public var sampler = SamplerKind.instanceBalanced
  /// The highest learning rate.
  @Within(above: 0, upTo: 1000) public var learningRate = 0.1
  /// Epochs of linear warm-up. Of two whole epochs or more, epoch `e` of `W` has `(e + 1) / W` of the learning rate;
  /// other warm-ups rise with every step.
  @Within(0...1_000_000) public var warmupEpochs = 0.0
  /// How the learning rate changes after the warm-up.
  public var schedule = LearningRateSchedule.cosine
  /// Update rule, momentum, weight decay.
  public var optimizer = OptimizerSettings()
  /// The greatest norm of all gradients together; nil for no clipping.
  @Within(above: 0, upTo: 1_000_000) public var gradientClipping: Double? = nil
  /// The decay of an exponential moving average (EMA) of the weights, which is evaluated in their place; nil for none.
  @Within(0..<1) public var emaDecay: Double? = nil
  /// Label smoothing: the share of the target that is spread over all classes, for objectives that are cross-entropies.
  @Within(0..<1) public var labelSmoothing = 0.0
  /// Random transforms of training images.
  public var augmentation = Augmentation()
  /// Repeated augmentation: how often each image comes in a row, transformed differently each time; an epoch has as
  /// much fewer images.
  @Within(1...64) public var repetitions = 1
  /// Whether the last batch of an epoch is dropped where it has fewer images than the others. An epoch of a single
  /// batch keeps it.
  public var dropsLastBatch = false
  /// The learning rate of everything but the classifiers, as a share of the learning rate: below 1 for backbones with
  /// pretrained weights.
  @Within(above: 0, upTo: 1000) public var backboneLearningRateMultiplier = 1.0

  /// 200 epochs of 128 images, learning rate 0.1 with a cosine to 0, without weight decay and augmentation.
  public init() {}

  /// Learning-rate milestones past the last epoch; after a change of the length they usually are a mistake.
  public var unreachedMilestones: [Double] {
    guard case .steps(let steps) = schedule, case .epochs(let count) = length else { return [] }
    return steps.epochs.filter { $0 >= Double(count) }
  }

  /// The schedule of the learning rate, warm-up included.
  public var learningRateSchedule: Schedule {
    // A published warm-up by epochs has no rise at all within a single epoch, so shorter ones rise by steps.
    let wholeEpochs = Int(exactly: warmupEpochs).flatMap { $0 == 1 ? nil : $0 }
    func warmup(start: Double = 0, then rest: Schedule) -> Schedule {
      guard let wholeEpochs else { return .warmupBySteps(start: start, epochs: warmupEpochs, then: rest) }
      return wholeEpochs > 0 ? .warmup(length: .epochs(wholeEpochs), by: .epoch, then: rest) : rest
    }
    switch schedule {
    case .constant: return warmup(then: .constant)
    case .cosine: return warmup(then: .cosine(end: 0, by: .step))
    case .steps(let steps):
      return warmup(then: .factors(zip(steps.epochs, steps.factors).map { .init(epoch: $0, $1) }))
    case .advancedCosine(let cosine):
      guard let wholeEpochs else { return warmup(start: cosine.warmupStart, then: cosineAfterWarmup) }
      return wholeEpochs > 0
        ? .warmupAdvancedCosine(start: cosine.warmupStart, epochs: wholeEpochs, end: 0) : .advancedCosine(end: 0)
    case .lateWarmupCosine(let cosine):
      guard let wholeEpochs else { return warmup(start: cosine.warmupStart, then: cosineAfterWarmup) }
      return .lateWarmupCosine(start: cosine.warmupStart, epochs: wholeEpochs, end: 0)
    }
  }

  private var cosineAfterWarmup: Schedule { .cosineAfterWarmup(epochs: warmupEpochs, end: 0) }

  /// The usual stage: these settings with one objective per phase.
  /// - Throws: `SettingFault` for values outside their ranges.
  public func stage(
    _ name: String, training selection: ParameterSelection = .all, initializations: [StageInitialization] = [],
    objectives: [(from: TrainingLength, objective: any Objective)]
  ) throws -> Stage {
    try requireValid(at: "training")
    var stage = Stage(
      name, for: length, batchSize: batchSize, sampler: sampler, optimizer: optimizer, learningRate: learningRate,
      schedule: learningRateSchedule, clipping: gradientClipping, training: selection,
      phases: objectives.map { Phase(from: $0.from, objective: $0.objective, augmentation: augmentation) },
      initializations: initializations, emaDecay: emaDecay, repetitions: repetitions)
    stage.updates[0].backboneLearningRateMultiplier = backboneLearningRateMultiplier
    stage.streams[0].dropsLastBatch = dropsLastBatch
    return stage
  }

  /// What values must be together, and which have no effect.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.length("length", length)
    if case .advancedCosine(let cosine) = schedule, warmupEpochs == 0 {
      checks.unused("schedule.advancedCosine.warmupStart", if: cosine.warmupStart > 0, "there is no warm-up")
    }
  }

  /// Refuses label smoothing for a loss that does not have it, rather than ignore it.
  static func requireNoLabelSmoothing(
    _ checks: inout SettingChecks, in settings: TrainingSettings, at path: String = "training"
  ) {
    checks.require(
      settings.labelSmoothing == 0, path + ".labelSmoothing", settings.labelSmoothing,
      "0: the loss of this method has no label smoothing")
  }
}
