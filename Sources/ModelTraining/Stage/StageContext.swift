import NeuralNetworks
import Objectives
import Torch
import Datasets
import VisionModels

/// A stage while it runs.
///
/// A stage's program may use what is public here: the model and its teachers, batches of the stage's streams (`nextBatch`, `nextViews`,
/// `batch(at:like:)`), passes in the run's precision (`output`, `inPrecision`), objectives (`objective`, `context`), updates (`minimize`,
/// `update`) and what describes the stage (`classes`, `labels`, `step`, `seed`, …). It neither moves the step nor decides which phase holds,
/// when a checkpoint is written or what is evaluated: that is the trainer's, by what is not public.
public final class StageContext {
  /// Longer stages are refused.
  static let maximumStepCount = 100_000_000

  // MARK: For programs

  /// The model.
  public let model: any ImageModel
  /// Models of earlier stages in evaluation mode, whose weights do not change, in the order in which the stage names them.
  public let teachers: [any ImageModel]
  /// The program of the previous stage as it ended; nil for the first stage, and for a run that is resumed within this one, whose own state
  /// holds everything.
  public let previous: (any StageProgram)?
  /// The number of the stage within the run, from 0.
  public let index: Int
  /// Steps of an epoch.
  public let stepsPerEpoch: Int
  /// Steps of the stage.
  public let totalSteps: Int
  /// The step of the stage, int64 without axes on the device.
  public let step: Tensor
  /// The training classes.
  public var classes: ClassDistribution { run.data.classes }
  /// The class of each training image, int64 `[count]`, on the device.
  public var labels: Tensor { run.data.training.labels }
  /// Where everything is computed.
  public var device: Device { run.compute.device }
  /// The run's seed.
  public var seed: UInt64 { run.seed }
  /// The updates of the stage.
  public var updates: [Update] { stage.updates }

  // MARK: For the trainer

  let stage: Stage
  let run: TrainingEnvironment
  let streams: [String: ImageStream]
  let optimizers: [any Optimizer]
  /// The learning rate of each update at each step, one float32 tensor `[steps]` per update, on the device.
  let learningRates: [Tensor]
  let metrics: [StepMetrics]
  let runner: any StepRunner
  let weightCasts: WeightCasts?
  private(set) var program: any StageProgram = ObjectiveUpdates()
  /// The average of the weights, where the stage has one.
  private(set) var ema: ExponentialMovingAverage?
  /// Steps that are done.
  var stepsDone = 0
  /// What holds for the step that is being run.
  var phase: Phase?
  var batchSizes: [String: Int] = [:]
  /// The teachers' outputs for all training images, where they are the same at each step.
  var cachedTeacherLogits: CachedTeacherLogits?

  /// Begins a stage: selects its parameters, makes its optimisers and streams, and its program.
  ///
  /// - Parameters:
  ///   - stage: the stage.
  ///   - index: its number within the run, from 0.
  ///   - run: what all stages share.
  ///   - model: the model, on the device.
  ///   - teachers: the stage's teachers, on the device.
  ///   - previous: the program of the previous stage.
  ///   - runner: what runs the steps; by default as the compute settings say.
  init(
    _ stage: Stage, index: Int, run: TrainingEnvironment, model: any ImageModel, teachers: [any ImageModel] = [],
    previous: (any StageProgram)? = nil, runner: (any StepRunner)? = nil
  ) throws {
    self.stage = stage
    self.index = index
    self.run = run
    self.model = model
    self.teachers = teachers
    self.previous = previous
    try RecipeError.check(stage)
    let compute = run.compute
    let plans = try stage.batchPlans(index: index, data: run.data, seed: run.seed)
    streams = try Dictionary(
      uniqueKeysWithValues: zip(stage.streams, plans).map { stream, plan in
        let images = try ImageStream(
          stream, plan: plan, images: run.data.training, device: compute.device,
          usesFixedStorage: compute.usesCUDAGraphs)
        return (stream.name, images)
      })
    stepsPerEpoch = plans[0].stepsPerEpoch
    totalSteps = stage.length.steps(stepsPerEpoch: stepsPerEpoch)
    // One learning rate per step lies on the device.
    guard totalSteps <= Self.maximumStepCount else {
      throw RecipeError.incomplete(
        stage: stage.name, missing: "a length of at most 100,000,000 steps; it has \(stage.length)")
    }
    let trained = try Self.selectParameters(of: model, for: stage)
    optimizers = try zip(stage.updates, trained).map { update, parameters in
      try update.optimizer.optimizer(for: parameters) { model.isHead($0) ? 1 : update.backboneLearningRateMultiplier }
    }
    let (epochSteps, steps) = (stepsPerEpoch, totalSteps)
    learningRates = try stage.updates.map { update in
      let table = (0..<max(1, steps)).map {
        Float(update.learningRate * update.schedule.factor(atStep: $0, stepsPerEpoch: epochSteps, totalSteps: steps))
      }
      return try Tensor(table, on: compute.device)
    }
    step = try Tensor.zeros([], dtype: .int64, on: compute.device)
    model.connectRandomLayers(to: RandomSource(seed: run.seed, step: step))
    metrics = try stage.updates.map { _ in try StepMetrics(on: compute.device) }
    self.runner = try runner ?? compute.stepRunner(notice: run.notice)
    weightCasts = compute.precision.autocast.map { WeightCasts(of: model, to: $0) }
    try cacheTeacherLogits()
    if let makeProgram = stage.program { program = try makeProgram(self) }
    ema = try stage.emaDecay.map { try ExponentialMovingAverage(of: model, decay: $0) }
  }
}
