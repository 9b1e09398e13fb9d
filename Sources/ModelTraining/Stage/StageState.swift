import DataLoading
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// A stage while it runs: its streams, its optimisers, and the step that everything on the device is indexed by.
final class StageState {
  /// Longer stages are refused.
  static let greatestStepCount = 100_000_000
  let stage: Stage
  let index: Int
  let stepsPerEpoch: Int
  let totalSteps: Int
  private(set) var step = 0
  private let model: any ImageModel
  private let data: TrainingData
  private let preprocessing: Preprocessing
  private let compute: ComputeSettings
  private let seed: UInt64
  private let streams: [String: StreamState]
  private let optimizers: [any Optimizer]
  private let rates: [Tensor]
  private let deviceStep: Tensor
  private let metrics: [StepMetrics]
  private let runner: any StepRunner
  private let access: StageAccess
  let program: any StageProgram
  let average: ExponentialMovingAverage?

  init(
    _ stage: Stage, index: Int, model: any ImageModel, teachers: [any ImageModel] = [], data: TrainingData,
    preprocessing: Preprocessing,
    compute: ComputeSettings, seed: UInt64, previous: (any StageProgram)? = nil, runner: (any StepRunner)? = nil,
    notice: (@Sendable (String) -> Void)? = nil
  ) throws {
    self.stage = stage
    self.index = index
    self.model = model
    self.data = data
    self.preprocessing = preprocessing
    self.compute = compute
    self.seed = seed
    try RecipeError.check(stage)
    let states = try StageState.streams(of: stage, index: index, data: data, seed: seed, compute: compute)
    streams = Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0) })
    stepsPerEpoch = states[0].plan.stepsPerEpoch
    totalSteps = stage.length.steps(stepsPerEpoch: stepsPerEpoch)
    // A table of learning rates, one a step, lies on the device.
    guard totalSteps <= StageState.greatestStepCount else {
      throw RecipeError.incomplete(
        stage: stage.name, missing: "a length of at most 100,000,000 steps; it has \(stage.length)")
    }
    let trained = try StageState.selectParameters(of: model, for: stage)
    optimizers = try zip(stage.updates, trained).map { update, parameters in
      try update.optimizer.optimizer(for: parameters) { model.isHead($0) ? 1 : update.backboneLearningRateMultiplier }
    }
    let (epochSteps, steps) = (stepsPerEpoch, totalSteps)
    rates = try stage.updates.map { update in
      let table = (0..<max(1, steps)).map {
        Float(update.learningRate * update.schedule.factor(atStep: $0, stepsPerEpoch: epochSteps, totalSteps: steps))
      }
      return try Tensor(table, on: compute.device)
    }
    deviceStep = try Tensor.zeros([], dtype: .int64, on: compute.device)
    model.connectRandomLayers(to: RandomSource(seed: seed, step: deviceStep))
    metrics = try stage.updates.map { _ in try StepMetrics(on: compute.device) }
    self.runner = try runner ?? compute.stepRunner(notice: notice)
    access = StageAccess(
      stage, index: index, model: model, teachers: teachers, data: data, preprocessing: preprocessing, compute: compute,
      seed: seed, step: deviceStep, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, streams: streams,
      optimizers: optimizers, rates: rates, metrics: metrics, previous: previous, notice: notice)
    try access.askTeachersOnce(stage, imageCount: data.training.count)
    program = try stage.program?(access) ?? ObjectiveUpdates()
    average = try stage.emaDecay.map { try ExponentialMovingAverage(of: model, decay: $0) }
  }

  var isFinished: Bool { step >= totalSteps }
  var epoch: Int { step / stepsPerEpoch }
  var epochCount: Int { (totalSteps + stepsPerEpoch - 1) / stepsPerEpoch }
  /// How long images have been waited for so far.
  var waited: Duration { streams.values.reduce(.zero) { $0 + $1.waited } }
  /// Whether the next step begins another phase than the last one had.
  var isAtPhaseStart: Bool { stage.phases.contains { $0.from.steps(stepsPerEpoch: stepsPerEpoch) == step } }

  /// What a resumed run needs beside the model.
  var state: [NamedTensor] {
    let optimizers = zip(stage.updates, optimizers).flatMap { update, optimizer in
      optimizer.state.map { NamedTensor("optimizer.\(update.name).\($0.name)", $0.tensor) }
    }
    return optimizers + (average?.state ?? []) + program.state.map { NamedTensor("program." + $0.name, $0.tensor) }
  }

  /// The base learning rate of the first update at the last step.
  var learningRate: Double { learningRate(atStep: max(0, min(step, totalSteps) - 1)) }

  /// The base learning rate of the first update at a step.
  func learningRate(atStep step: Int) -> Double {
    let update = stage.updates[0]
    return update.learningRate
      * update.schedule.factor(atStep: step, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps)
  }

  /// Goes to a step without running the ones before it.
  func seek(to step: Int) throws {
    self.step = step
    try deviceStep.fill(Double(step))
  }

  /// Puts the model into training mode, except normalisation in frozen parts.
  func enterTrainingMode() {
    model.setTraining(true)
    guard stage.frozenNormalization == .evaluation else { return }
    for part in model.allModules {
      guard let normalization = part.module as? BatchNormalization2d else { continue }
      if !normalization.weight.requiresGradient, !normalization.bias.requiresGradient {
        normalization.setTraining(false)
      }
    }
  }

  /// Runs the next step, or several where the runner takes so many at a time; returns the images of the first stream.
  /// - Parameter limit: the greatest number of steps, at least 1.
  func runSteps(atMost limit: Int) throws -> Int {
    guard let phase = stage.phase(atStep: step, stepsPerEpoch: stepsPerEpoch) else {
      throw RecipeError.incomplete(stage: stage.name, missing: "a phase that begins at 0")
    }
    if step % stepsPerEpoch == 0 { try program.beginEpoch(epoch, in: access) }
    let steps = stepsAtOnce(limit)
    var counts: [String: Int] = [:]
    for stream in stage.streams {
      counts[stream.name] = try streams[stream.name]?.prepare(
        step: step, steps: steps, augmentation: phase.augmentations[stream.name] ?? .none)
    }
    let shape = StepShape(
      phaseStart: phase.from.steps(stepsPerEpoch: stepsPerEpoch), counts: stage.streams.map { counts[$0.name] ?? 0 },
      steps: steps)
    try runner.run(shape) { [self] in
      // What is recorded runs again when other phases and counts have come since.
      (access.phase, access.counts) = (phase, counts)
      for _ in 0..<steps {
        try program.step(in: access)
        try deviceStep.add(1)
        try average?.update()
      }
    }
    for (update, metrics) in zip(stage.updates, metrics) { metrics.count(steps * (counts[update.stream] ?? 0)) }
    step += steps
    if step % stepsPerEpoch == 0 || isFinished { try program.endEpoch((step - 1) / stepsPerEpoch, in: access) }
    return steps * (counts[stage.streams[0].name] ?? 0)
  }

  /// As many steps as the runner takes at a time if whole batches of one phase follow, else one.
  private func stepsAtOnce(_ limit: Int) -> Int {
    let wanted = runner.stepsPerRun
    let nextPhase = stage.phases.map { $0.from.steps(stepsPerEpoch: stepsPerEpoch) }.filter { $0 > step }.min()
    let whole = streams.values.map { $0.wholeBatches(from: step) }.min() ?? 1
    return min(limit, totalSteps - step, (nextPhase ?? .max) - step, whole) >= wanted ? wanted : 1
  }

  /// Reads losses and hits since the last reading.
  func readMetrics() throws -> StepMetrics.Reading {
    var result = StepMetrics.Reading(total: 0, losses: [], accuracy: 0, firstBad: nil)
    for (index, metrics) in metrics.enumerated() {
      let reading = try metrics.read()
      result.total += reading.total
      result.losses += reading.losses
      if index == 0 { result.accuracy = reading.accuracy }
      if let bad = reading.firstBad, bad.step < result.firstBad?.step ?? Int.max { result.firstBad = bad }
    }
    return result
  }

  private static func streams(
    of stage: Stage, index: Int, data: TrainingData, seed: UInt64, compute: ComputeSettings
  ) throws -> [StreamState] {
    try zip(stage.streams, plans(of: stage, index: index, data: data, seed: seed)).map { stream, plan in
      try StreamState(
        stream, plan: plan, images: data.training, device: compute.device, keepsPlace: compute.usesCUDAGraphs)
    }
  }

  /// Which images each step of each stream sees, in the order of the stage's streams.
  static func plans(of stage: Stage, index: Int, data: TrainingData, seed: UInt64) throws -> [BatchPlan] {
    var firstEpochSteps: Int?
    return try stage.streams.enumerated().map { number, stream in
      // A progressive sampler spreads over the whole stage, also when that is counted in steps.
      let stepsPerEpoch = max(
        1, BatchPlan.stepsPerEpoch(imageCount: data.training.count, batchSize: stream.batchSize))
      let steps = min(stage.length.steps(stepsPerEpoch: stepsPerEpoch), greatestStepCount)
      let epochs = (steps + stepsPerEpoch - 1) / stepsPerEpoch
      let plain = try stream.sampler.sampler(
        labels: data.training.hostLabels, classCount: data.classes.classCount, epochs: epochs,
        imagesPerClass: stream.imagesPerClass)
      let repeated: any Sampler =
        stream.repetitions > 1 ? RepeatedAugmentation(plain, repetitions: stream.repetitions) : plain
      let sampler: any Sampler =
        stream.dropsLastBatch ? WholeBatchSampler(repeated, batchSize: stream.batchSize) : repeated
      let epochSteps = BatchPlan.stepsPerEpoch(imageCount: sampler.epochLength, batchSize: stream.batchSize)
      // Streams beside the first end with it; the table of a stage's steps is made of the first one's epochs.
      firstEpochSteps = firstEpochSteps ?? epochSteps
      return BatchPlan(
        sampler: sampler, batchSize: stream.batchSize, seed: seed, stage: index,
        stream: StreamState.number(stage: index, stream: number),
        totalSteps: min(stage.length.steps(stepsPerEpoch: firstEpochSteps ?? epochSteps), greatestStepCount))
    }
  }

  private static func selectParameters(of model: any ImageModel, for stage: Stage) throws -> [[NamedTensor]] {
    let all = model.allParameters
    let trained = stage.updates.map { update in
      all.filter { update.parameters.contains($0.name, heads: model.headNames) }
    }
    for (update, parameters) in zip(stage.updates, trained) where parameters.isEmpty {
      throw RecipeError.nothingTrained(stage: stage.name, update: update.name, selection: "\(update.parameters)")
    }
    let names = Set(trained.joined().map(\.name))
    for parameter in all { try parameter.tensor.requiringGradient(names.contains(parameter.name)) }
    return trained
  }
}
