import NeuralNetworks
import Torch
import VisionModels

/// Trains a recipe, stage by stage; `TrainingLoop` steps it.
///
/// One thread owns a trainer. Between two steps it holds nothing that a checkpoint does not, so that a run that was killed is resumed from its
/// last checkpoint and ends with the same bits.
public final class Trainer {
  /// What can be chosen about a run without changing its result.
  public struct Options {
    /// Epochs between two evaluations on the test set; the last epoch is always evaluated. 0 for only the last.
    public var evaluationInterval = 0
    /// Readings of losses per epoch.
    public var readingsPerEpoch = 4
    /// Least seconds between two checkpoints inside a stage.
    public var secondsBetweenCheckpoints = 20.0
    /// Called with what is done in another way than asked for.
    public var notice: (@Sendable (String) -> Void)?
    /// The run that the training belongs to; its checkpoints name it, and only they are resumed.
    public var run: RunIdentity?
    /// Loads pretrained weights into a network that a later stage initialises anew, as they were loaded into the first one before the run; nil
    /// keeps the initial weights.
    public var loadPretrainedWeights: (@Sendable (any ImageModel) throws -> Void)?

    /// What runs the steps of a stage, for tests; by default as the compute settings say.
    package var runner: (any StepRunner)?
    /// What runs the passes of an evaluation, for tests.
    package var evaluationRunner: (any StepRunner)?

    /// The defaults.
    public init() {}
  }

  /// How far a run has come.
  private enum State {
    case atStart
    case beforeStage(Int)
    case inStage(StageContext)
    case finished
  }

  /// The model, trained as far as the run has come.
  public internal(set) var model: any ImageModel
  /// The evaluation of the last stage that has ended; nil without a test set.
  private(set) var evaluation: Evaluation?
  var modelDescription: ModelDescription
  let recipe: Recipe
  let environment: TrainingEnvironment
  let options: Options
  let store: CheckpointStore?
  private let observers: [any TrainingObserver]
  private let stop: StopSignal
  private var state = State.atStart
  var lastSaved = ContinuousClock.now
  var stepsOfEarlierStages = 0
  /// How much work each stage is, for telling how long the run still takes.
  var extents: [StageExtent] = []
  /// The checkpoint that the run is resumed from, until its stage has begun.
  var resumed: Checkpoint?
  var interval = TrainingInterval(waited: .zero)
  var evaluator: Evaluator?
  /// The weights of ended stages that teach later ones.
  var teacherWeights: [String: [String: Tensor]] = [:]
  var endedProgram: (any StageProgram)?

  var data: TrainingData { environment.data }
  var compute: ComputeSettings { environment.compute }

  /// Makes a trainer at the beginning of its run.
  ///
  /// - Parameters:
  ///   - recipe: what is trained, and how.
  ///   - data: the images, at the recipe's input size.
  ///   - compute: device and precision.
  ///   - seed: the seed of all random choices.
  ///   - options: what does not change the result.
  ///   - store: where checkpoints go, or nil to write none.
  ///   - observers: what is told about progress.
  ///   - stop: a signal to finish the step, save and end.
  /// - Throws: when the images do not fit the recipe, or an objective has no value for the labels.
  public init(
    _ recipe: Recipe, data: TrainingData, compute: ComputeSettings = ComputeSettings(), seed: UInt64 = 0,
    options: Options = Options(), store: CheckpointStore? = nil, observers: [any TrainingObserver] = [],
    stop: StopSignal = StopSignal()
  ) throws {
    self.recipe = recipe
    environment = TrainingEnvironment(
      data: data, preprocessing: recipe.preprocessing, compute: compute, seed: seed, notice: options.notice)
    self.options = options
    self.store = store
    self.observers = observers
    self.stop = stop
    guard data.training.side == recipe.preprocessing.inputSize else {
      throw RecipeError.imageSize(expected: recipe.preprocessing.inputSize, actual: data.training.side)
    }
    for stage in recipe.stages {
      guard data.training.isResident || !stage.drawsImages else { throw RecipeError.streamed(stage: stage.name) }
      for phase in stage.phases {
        for objective in phase.objectives.values { try objective.validate(labels: data.training.hostLabels) }
      }
    }
    modelDescription = recipe.model(ofStage: 0)
    model = try modelDescription.model(classes: data.classes.classCount, seed: seed)
    try model.move(to: compute.device, format: compute.memoryFormat)
  }

  /// Advances the run a little: begins a stage, runs a few steps, or ends a stage.
  /// - Returns: whether there is more to do.
  public func advance() throws -> Bool {
    switch state {
    case .atStart: state = .beforeStage(try beginRun())
    case .beforeStage(let index) where index < recipe.stages.count: state = .inStage(try beginStage(index))
    case .beforeStage: state = .finished
    case .inStage(let stage) where !stage.isFinished: try runSteps(of: stage)
    case .inStage(let stage):
      evaluation = try finish(stage)
      state = .beforeStage(stage.index + 1)
    case .finished: return false
    }
    return true
  }

  /// Steps of the present stage that are done.
  public var step: Int { if case .inStage(let stage) = state { stage.stepsDone } else { 0 } }
  /// The stage that the run is in, nil between stages.
  public var stage: Int? { if case .inStage(let stage) = state { stage.index } else { nil } }
  /// Where the run computes.
  var device: Device { compute.device }
  /// Whether the run's steps are captured as GPU graphs.
  var usesCUDAGraphs: Bool { compute.usesCUDAGraphs }

  private func runSteps(of stage: StageContext) throws {
    if stage.isAtPhaseStart, stage.stepsDone > 0 { try read(stage) }
    // Intervals of about equal length: a last one of a step or two would be the one that is shown of the epoch.
    let parts = min(max(1, options.readingsPerEpoch), stage.stepsPerEpoch)
    let length = (stage.stepsPerEpoch + parts - 1) / parts
    let step = stage.stepsDone % stage.stepsPerEpoch
    interval.images += try stage.runSteps(atMost: min(length - step % length, stage.stepsPerEpoch - step))
    let endsEpoch = stage.stepsDone % stage.stepsPerEpoch == 0 || stage.isFinished
    if endsEpoch || stage.stepsDone % stage.stepsPerEpoch % length == 0 { try read(stage) }
    if endsEpoch, !stage.isFinished, isDueForEvaluation(stage) {
      _ = try evaluate(stage)
      stage.enterTrainingMode()
      interval = TrainingInterval(waited: stage.waited)
    }
    if stop.isRaised, !stage.isFinished { try saveAndStop(stage) }
    if endsEpoch, !stage.isFinished, lastSaved.duration(to: .now) > .seconds(options.secondsBetweenCheckpoints) {
      try save(stage)
    }
  }

  private func finish(_ stage: StageContext) throws -> Evaluation? {
    try save(stage)
    let result = try evaluate(stage)
    // The EMA was evaluated, so a later stage and the stage's checkpoint get it.
    if let ema = stage.ema { try ema.adopt() }
    if let store {
      try store.saveStage(
        named: stage.stage.name, position: position(stage), model: model.state, description: checkpointDescription())
    }
    if teachesLaterStage(stage) {
      teacherWeights[stage.stage.name] = try withoutGradients {
        try Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, try $0.tensor.detached().clone()) })
      }
    }
    try report(.stageEnded(progress(stage)))
    endedProgram = stage.program
    stepsOfEarlierStages += stage.totalSteps
    // A stop signal that came with the last step of a stage must not begin the next one.
    if stop.isRaised, stage.index + 1 < recipe.stages.count {
      throw TrainingError.stopped(
        stage: stage.stage.name, step: stage.stepsDone, checkpoint: store?.lastPathIfPresent)
    }
    return result
  }

  private func saveAndStop(_ stage: StageContext) throws {
    try read(stage)
    try save(stage)
    throw TrainingError.stopped(stage: stage.stage.name, step: stage.stepsDone, checkpoint: store?.lastPathIfPresent)
  }

  private func isDueForEvaluation(_ stage: StageContext) -> Bool {
    options.evaluationInterval > 0 && stage.epoch % options.evaluationInterval == 0
  }

  private func evaluate(_ stage: StageContext) throws -> Evaluation? {
    guard let test = data.test, let evaluator else { return nil }
    let measure = { try evaluator.evaluate(self.model, on: test, classes: self.data.classes) }
    let result = if let ema = stage.ema { try ema.withEMA(measure) } else { try measure() }
    try report(.evaluated(progress(stage), result))
    return result
  }

  func report(_ event: TrainingEvent) throws {
    for observer in observers { try observer.observe(event) }
  }
}
