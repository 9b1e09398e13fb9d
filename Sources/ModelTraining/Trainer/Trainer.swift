import NeuralNetworks
import Torch
import VisionModels

/// Runs a recipe: the only training loop there is.
///
/// One thread owns a trainer. Between two steps nothing is kept that a checkpoint does not hold, so a run that was killed goes on from
/// its last checkpoint and ends with the same bits.
public final class Trainer {
  /// What can be chosen about a run that does not change its result.
  public struct Options {
    /// Epochs between two measurements on the test set; the last epoch is always measured. 0 for only the last.
    public var evaluationInterval = 0
    /// Readings of losses per epoch.
    public var readingsPerEpoch = 4
    /// Least seconds between two checkpoints inside a stage.
    public var secondsBetweenCheckpoints = 20.0

    /// Called with what does not go as asked for and is done in another way.
    public var notice: (@Sendable (String) -> Void)?
    /// The run that the training belongs to; its checkpoints carry it, and only they are gone on from.
    public var run: RunIdentity?
    /// Gives weights to a network that begins anew in a later stage, as the first one has been given before the run; nil leaves it as drawn.
    public var firstWeights: (@Sendable (any ImageModel) throws -> Void)?

    /// What runs the steps of a stage, for tests; by default as the device allows.
    package var runner: (any StepRunner)?
    /// What runs the passes of an evaluation, for tests.
    package var evaluationRunner: (any StepRunner)?

    /// The defaults.
    public init() {}
  }

  /// The model, trained as far as the run has come.
  public private(set) var model: any ImageModel
  private var modelDescription: ModelDescription
  private let recipe: Recipe
  private let data: TrainingData
  private let compute: ComputeSettings
  private let seed: UInt64
  private let options: Options
  private let store: CheckpointStore?
  private let observers: [any TrainingObserver]
  private let stop: StopSignal
  private var lastSaved = ContinuousClock.now
  private var stepsOfEarlierStages = 0
  /// How much work each stage is, for telling how long the run still takes.
  private var extents: [StageExtent] = []
  private var place = Place.beforeTheRun
  /// The evaluation of the last stage that has ended; nil without a test set.
  private(set) var evaluation: Evaluation?
  /// The checkpoint that the run goes on from, until its stage has begun.
  private var resumed: Checkpoint?
  private var interval = Interval(waited: .zero)
  private var evaluator: Evaluator?
  /// The weights of stages that teach later ones.
  private var endedModels: [String: [String: Tensor]] = [:]
  private var endedProgram: (any StageProgram)?

  /// Makes a run at its beginning.
  ///
  /// - Parameters:
  ///   - recipe: what is trained, and how.
  ///   - data: the images, at the recipe's input size.
  ///   - compute: device and precision.
  ///   - seed: the seed of all random choices.
  ///   - options: what does not change the result.
  ///   - store: where checkpoints go, or nil to keep nothing.
  ///   - observers: what is told about progress.
  ///   - stop: a signal to finish the step, save and end.
  /// - Throws: when the images do not fit the recipe, or an objective has no value for the labels.
  public init(
    _ recipe: Recipe, data: TrainingData, compute: ComputeSettings = ComputeSettings(), seed: UInt64 = 0,
    options: Options = Options(), store: CheckpointStore? = nil, observers: [any TrainingObserver] = [],
    stop: StopSignal = StopSignal()
  ) throws {
    self.recipe = recipe
    self.data = data
    self.compute = compute
    self.seed = seed
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

  /// Goes on with the run a little: begins a stage, runs a few steps, or ends a stage.
  /// - Returns: whether there is more to do.
  package func advance() throws -> Bool {
    switch place {
    case .beforeTheRun: place = .beforeStage(try beginRun())
    case .beforeStage(let index) where index < recipe.stages.count: place = .within(try beginStage(index))
    case .beforeStage: place = .afterTheRun
    case .within(let state) where !state.isFinished: try runSteps(state)
    case .within(let state):
      evaluation = try finish(state)
      place = .beforeStage(state.index + 1)
    case .afterTheRun: return false
    }
    return true
  }

  /// Steps of the present stage that are done.
  package var step: Int { if case .within(let state) = place { state.step } else { 0 } }
  /// The stage that the run is within, nil between stages.
  package var stage: Int? { if case .within(let state) = place { state.index } else { nil } }
  /// Where the run computes.
  var device: Device { compute.device }
  /// Whether the run's steps are captured as GPU graphs.
  var usesCUDAGraphs: Bool { compute.usesCUDAGraphs }

  private func beginRun() throws -> Int {
    try compute.apply()
    resumed = try store?.last()
    try resumed?.check(run: options.run)
    try resumed?.check(
      model: recipe.model(ofStage: resumed?.position.stage ?? 0), classNames: data.classes.names, seed: seed)
    try resumed?.check(dataDigest: data.digest)
    // A run that has begun keeps what it has taken.
    if resumed == nil { try recipe.checkFinishedStages(classNames: data.classes.names) }
    extents = try recipe.stages.enumerated().map {
      try RecipeError.check($1)
      return try StageExtent($1, index: $0, data: data, seed: seed)
    }
    stepsOfEarlierStages = resumed.map { $0.position.runStep - $0.position.step } ?? 0
    return resumed?.position.stage ?? 0
  }

  private func beginStage(_ index: Int) throws -> StageState {
    let stage = recipe.stages[index]
    try takeModel(ofStage: index)
    // A checkpoint inside a stage holds the model as its beginning has made it.
    if resumed == nil {
      for beginning in stage.initializations {
        try beginning.apply(to: model, describedBy: modelDescription, seed: seed, stage: (stage.name, index)) {
          try validationLogits(stage: stage.name)
        }
        if beginning == .reinitializedModel { try options.firstWeights?(model) }
      }
    }
    let state = try StageState(
      stage, index: index, model: model, teachers: teachers(of: stage), data: data, preprocessing: recipe.preprocessing,
      compute: compute,
      seed: seed, previous: endedProgram, runner: options.runner, notice: options.notice)
    endedProgram = nil
    if let resumed {
      try resumed.restore(model: model, stageState: state.state)
      try state.seek(to: resumed.position.step)
    }
    resumed = nil
    // A stage may have changed the model's parts, which a recorded evaluation would not see.
    evaluator = try Evaluator(
      preprocessing: recipe.preprocessing, compute: compute,
      inference: recipe.inference, classCounts: data.classes.counts,
      runner: options.evaluationRunner ?? (compute.usesCUDAGraphs ? compute.stepRunner(notice: options.notice) : nil))
    try report(.stageBegan(progress(state)))
    state.enterTrainingMode()
    interval = Interval(waited: state.waited)
    lastSaved = .now
    return state
  }

  /// Makes the network of a stage, if it is another one than that of the stage before.
  private func takeModel(ofStage index: Int) throws {
    let description = recipe.model(ofStage: index)
    guard description != modelDescription else { return }
    let previous = description.usesTensors(of: modelDescription) ? model : nil
    model = try description.model(
      classes: data.classes.classCount, seed: StageInitialization.seed(ofStage: index, run: seed))
    try model.move(to: compute.device, format: compute.memoryFormat)
    modelDescription = description
    if let previous {
      // Gates that were not there begin with first weights; those that are no longer there are left out.
      let old = Dictionary(uniqueKeysWithValues: previous.state.map { ($0.name, $0.tensor) })
      try model.load(Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, old[$0.name] ?? $0.tensor) }))
    } else if resumed == nil {
      try options.firstWeights?(model)
    }
  }

  private func validationLogits(stage: String) throws -> (scores: Tensor, labels: Tensor) {
    guard let validation = data.validation else {
      throw RecipeError.incomplete(stage: stage, missing: "images that are set aside; set data.validationShare=0.1")
    }
    var scores: [Float] = []
    try Evaluator(preprocessing: recipe.preprocessing, compute: compute)
      .logits(of: model, on: ViewedImages(validation)) { values, _ in scores += values }
    return (
      try Tensor(scores, shape: [validation.count, data.classes.classCount]),
      try Tensor(validation.hostLabels).to(.int64)
    )
  }

  /// The models of earlier stages as they ended, from memory or from what the run has kept.
  private func teachers(of stage: Stage) throws -> [any ImageModel] {
    try stage.teachers.map { name in
      guard let index = recipe.stages.firstIndex(where: { $0.name == name }) else {
        throw RecipeError.incomplete(stage: stage.name, missing: "a stage '\(name)' before it, which is to teach it")
      }
      let teacher = try recipe.model(ofStage: index).model(classes: data.classes.classCount, seed: seed)
      if let kept = endedModels[name] {
        try teacher.load(kept, source: "stage '\(name)'")
      } else if let store {
        try teacher.load(store.keptWeights(ofStage: index, named: name, run: options.run), source: "stage '\(name)'")
      }
      try teacher.move(to: compute.device, format: compute.memoryFormat)
      for parameter in teacher.allParameters { try parameter.tensor.requiringGradient(false) }
      teacher.setTraining(false)
      if stage.teacherNormalization == .training { useBatchValues(in: teacher) }
      return teacher
    }
  }

  /// Lets normalisation see each batch; its running values stay as they are, so that a resumed run has the same teacher.
  private func useBatchValues(in teacher: any ImageModel) {
    for part in teacher.allModules {
      guard let normalization = part.module as? BatchNormalization2d else { continue }
      normalization.setTraining(true)
      normalization.updatesRunningValues = false
    }
  }

  /// Whether a later stage needs the model as this one ends.
  private func teaches(_ state: StageState) -> Bool {
    recipe.stages.dropFirst(state.index + 1).contains { $0.teachers.contains(state.stage.name) }
  }

  private func runSteps(_ state: StageState) throws {
    if state.isAtPhaseStart, state.step > 0 { try read(state) }
    // Parts of about equal length: a last one of a step or two would be the one that is shown of the epoch.
    let parts = min(max(1, options.readingsPerEpoch), state.stepsPerEpoch)
    let readings = (state.stepsPerEpoch + parts - 1) / parts
    let step = state.step % state.stepsPerEpoch
    interval.images += try state.runSteps(atMost: min(readings - step % readings, state.stepsPerEpoch - step))
    let endsEpoch = state.step % state.stepsPerEpoch == 0 || state.isFinished
    if endsEpoch || state.step % state.stepsPerEpoch % readings == 0 { try read(state) }
    if endsEpoch, !state.isFinished, try isDueForEvaluation(state) {
      _ = try evaluate(state)
      state.enterTrainingMode()
      interval = Interval(waited: state.waited)
    }
    if stop.isRaised, !state.isFinished { try saveAndStop(state) }
    if endsEpoch, !state.isFinished, lastSaved.duration(to: .now) > .seconds(options.secondsBetweenCheckpoints) {
      try save(state)
    }
  }

  private func finish(_ state: StageState) throws -> Evaluation? {
    try save(state)
    let result = try evaluate(state)
    // The average is what was measured, so it is what a later stage and the kept file get.
    if let average = state.average { try average.adopt() }
    if let store {
      try store.keep(
        stageName: state.stage.name, position: position(state), model: model.state, description: checkpointDescription()
      )
    }
    if teaches(state) {
      endedModels[state.stage.name] = try withoutGradients {
        try Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, try $0.tensor.detached().clone()) })
      }
    }
    try report(.stageEnded(progress(state)))
    endedProgram = state.program
    stepsOfEarlierStages += state.totalSteps
    // A wish that came with the last step of a stage must not begin the next one.
    if stop.isRaised, state.index + 1 < recipe.stages.count {
      throw TrainingError.stopped(stage: state.stage.name, step: state.step, checkpoint: store?.lastPathIfPresent)
    }
    return result
  }

  private func isDueForEvaluation(_ state: StageState) throws -> Bool {
    options.evaluationInterval > 0 && state.epoch % options.evaluationInterval == 0
  }

  private func evaluate(_ state: StageState) throws -> Evaluation? {
    guard let test = data.test, let evaluator else { return nil }
    let measure = { try evaluator.evaluate(self.model, on: test, classes: self.data.classes) }
    let result = if let average = state.average { try average.withEMA(measure) } else { try measure() }
    try report(.evaluated(progress(state), result))
    return result
  }

  private func read(_ state: StageState) throws {
    guard interval.images > 0 else { return }
    let reading = try state.readMetrics()
    if let bad = reading.firstBad {
      throw TrainingError.notFinite(
        stage: state.stage.name, step: bad.step, epoch: bad.step / state.stepsPerEpoch + 1, term: bad.term,
        learningRate: state.learningRate(atStep: bad.step), lastGood: store?.lastPathIfPresent)
    }
    let endsEpoch = state.step % state.stepsPerEpoch == 0 || state.isFinished
    let metrics = IntervalMetrics(
      loss: reading.total, losses: reading.losses.map { .init(name: $0.name, value: $0.value) },
      trainingAccuracy: reading.accuracy,
      learningRate: state.learningRate, imagesPerSecond: interval.rate, waitingShare: interval.share(of: state.waited),
      measurements: endsEpoch ? try state.program.measurements() : [],
      curves: endsEpoch ? try LearnedCurve.readings(of: model) : [])
    interval = Interval(waited: state.waited)
    try report(.interval(progress(state), metrics))
  }

  private func saveAndStop(_ state: StageState) throws {
    try read(state)
    try save(state)
    throw TrainingError.stopped(stage: state.stage.name, step: state.step, checkpoint: store?.lastPathIfPresent)
  }

  private func save(_ state: StageState) throws {
    guard let store else { return }
    // A finite loss can still lead to weights, statistics or momenta that are not: such a state must never replace a good one.
    let tensors = model.state + state.state
    if let bad = try withoutGradients({ try TensorLists.nonFinitePositions(tensors.map(\.tensor)) }).first {
      throw TrainingError.stateNotFinite(
        stage: state.stage.name, step: state.step, epoch: progress(state).epochNumber, tensor: tensors[bad].name,
        lastGood: store.lastPathIfPresent)
    }
    // Weights whose length is beyond all numbers have diverged, although each of them is finite.
    guard try withoutGradients({ try TensorLists.norm(model.allParameters.map(\.tensor)).item() }).isFinite else {
      throw TrainingError.notFinite(
        stage: state.stage.name, step: state.step, epoch: progress(state).epochNumber, term: "weights",
        learningRate: state.learningRate, lastGood: store.lastPathIfPresent)
    }
    try store.save(
      position: position(state), model: model.state, stageState: state.state, description: checkpointDescription())
    lastSaved = .now
    try report(.saved(progress(state), path: store.lastPath))
  }

  private func position(_ state: StageState) -> CheckpointPosition {
    CheckpointPosition(
      stage: state.index, step: state.step, runStep: stepsOfEarlierStages + state.step, isEndOfStage: state.isFinished)
  }

  private func checkpointDescription() throws -> CheckpointDescription {
    CheckpointDescription(
      recipe: recipe.name, model: modelDescription, preprocessing: recipe.preprocessing, classNames: data.classes.names,
      classCounts: data.classes.counts, dataDigest: data.digest, seed: seed, threads: Engine.threadCount,
      precision: compute.precision, engine: Engine.compiledVersion, inference: recipe.inference, run: options.run)
  }

  private func progress(_ state: StageState) -> StageProgress {
    StageProgress(
      stageIndex: state.index, stageCount: recipe.stages.count, stage: state.stage.name, step: state.step,
      totalSteps: state.totalSteps, stepsPerEpoch: state.stepsPerEpoch, epochCount: state.epochCount,
      runStep: stepsOfEarlierStages + state.step, imagesPerStep: extents[state.index].imagesPerStep,
      imagesOfLaterStages: extents[(state.index + 1)...].reduce(0) { $0 + $1.images })
  }

  private func report(_ event: TrainingEvent) throws {
    for observer in observers { try observer.observe(event) }
  }
}

/// Where a run is.
private enum Place {
  case beforeTheRun
  case beforeStage(Int)
  case within(StageState)
  case afterTheRun
}

/// Images and time since the last reading.
private struct Interval {
  var images = 0
  /// The waiting up to the beginning.
  let waited: Duration
  private let start = ContinuousClock.now

  init(waited: Duration) { self.waited = waited }

  var rate: Double { Double(images) / max(1e-9, start.duration(to: .now) / .seconds(1)) }

  /// The share of the time so far that was waited for images, of which `waited` is all.
  func share(of waited: Duration) -> Double {
    min(1, (waited - self.waited) / max(start.duration(to: .now), .nanoseconds(1)))
  }
}
