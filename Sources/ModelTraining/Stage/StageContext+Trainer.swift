import NeuralNetworks
import Torch
import VisionModels

/// What the trainer alone does with a stage.
extension StageContext {
  var isFinished: Bool { stepsDone >= totalSteps }
  var epoch: Int { stepsDone / stepsPerEpoch }
  var epochCount: Int { (totalSteps + stepsPerEpoch - 1) / stepsPerEpoch }
  /// How long training has waited for images so far.
  var waited: Duration { streams.values.reduce(.zero) { $0 + $1.waited } }
  /// Whether the next step is the first of a phase.
  var isAtPhaseStart: Bool { stage.phases.contains { $0.from.steps(stepsPerEpoch: stepsPerEpoch) == stepsDone } }

  /// What a checkpoint holds of the stage besides the model.
  var state: [NamedTensor] {
    let optimizers = zip(stage.updates, optimizers).flatMap { update, optimizer in
      optimizer.state.map { NamedTensor("optimizer.\(update.name).\($0.name)", $0.tensor) }
    }
    return optimizers + (ema?.state ?? []) + program.state.map { NamedTensor("program." + $0.name, $0.tensor) }
  }

  /// The base learning rate of the first update at the last step that is done.
  var learningRate: Double { learningRate(atStep: max(0, min(stepsDone, totalSteps) - 1)) }

  /// The base learning rate of the first update at a step.
  func learningRate(atStep step: Int) -> Double {
    let update = stage.updates[0]
    return update.learningRate
      * update.schedule.factor(atStep: step, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps)
  }

  /// Goes to a step without running the ones before it.
  func seek(to step: Int) throws {
    stepsDone = step
    try self.step.fill(Double(step))
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

  /// Runs the next step, or several where the runner takes so many at a time.
  /// - Parameter limit: the greatest number of steps, at least 1.
  /// - Returns: the images of the first stream that were trained on.
  func runSteps(atMost limit: Int) throws -> Int {
    guard let phase = stage.phase(atStep: stepsDone, stepsPerEpoch: stepsPerEpoch) else {
      throw RecipeError.incomplete(stage: stage.name, missing: "a phase that begins at 0")
    }
    if stepsDone % stepsPerEpoch == 0 { try program.beginEpoch(epoch, in: self) }
    let steps = stepsAtOnce(limit)
    var batchSizes: [String: Int] = [:]
    for stream in stage.streams {
      batchSizes[stream.name] = try streams[stream.name]?.prepare(
        step: stepsDone, steps: steps, augmentation: phase.augmentations[stream.name] ?? .none)
    }
    let shape = StepShape(
      phaseStart: phase.from.steps(stepsPerEpoch: stepsPerEpoch),
      counts: stage.streams.map { batchSizes[$0.name] ?? 0 }, steps: steps)
    try runner.run(shape) { [self] in
      // A replayed program runs after steps of other phases and batch sizes.
      (self.phase, self.batchSizes) = (phase, batchSizes)
      for _ in 0..<steps {
        try program.step(in: self)
        try step.add(1)
        try ema?.update()
      }
    }
    for (update, metrics) in zip(stage.updates, metrics) { metrics.count(steps * (batchSizes[update.stream] ?? 0)) }
    stepsDone += steps
    if stepsDone % stepsPerEpoch == 0 || isFinished { try program.endEpoch((stepsDone - 1) / stepsPerEpoch, in: self) }
    return steps * (batchSizes[stage.streams[0].name] ?? 0)
  }

  /// As many steps as the runner takes at a time if so many whole batches of one phase follow, else one.
  private func stepsAtOnce(_ limit: Int) -> Int {
    let wanted = runner.stepsPerRun
    let nextPhase = stage.phases.map { $0.from.steps(stepsPerEpoch: stepsPerEpoch) }.filter { $0 > stepsDone }.min()
    let whole = streams.values.map { $0.wholeBatches(from: stepsDone) }.min() ?? 1
    return min(limit, totalSteps - stepsDone, (nextPhase ?? .max) - stepsDone, whole) >= wanted ? wanted : 1
  }

  /// Reads losses and accuracy since the last reading.
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

  /// The parameters of each update; all others get no gradient.
  static func selectParameters(of model: any ImageModel, for stage: Stage) throws -> [[NamedTensor]] {
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
