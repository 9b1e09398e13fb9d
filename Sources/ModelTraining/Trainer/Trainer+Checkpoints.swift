import NeuralNetworks
import Torch

/// What a trainer reads, reports and saves between steps.
extension Trainer {
  /// Reads and reports the metrics of the interval, if there are any.
  /// - Throws: `TrainingError.notFinite`.
  func read(_ stage: StageContext) throws {
    guard interval.images > 0 else { return }
    let reading = try stage.readMetrics()
    if let bad = reading.firstBad {
      throw TrainingError.notFinite(
        stage: stage.stage.name, step: bad.step, epoch: bad.step / stage.stepsPerEpoch + 1, term: bad.term,
        learningRate: stage.learningRate(atStep: bad.step), lastGood: store?.lastPathIfPresent)
    }
    let endsEpoch = stage.stepsDone % stage.stepsPerEpoch == 0 || stage.isFinished
    let metrics = IntervalMetrics(
      loss: reading.total, losses: reading.losses.map { .init(name: $0.name, value: $0.value) },
      trainingAccuracy: reading.accuracy,
      learningRate: stage.learningRate, imagesPerSecond: interval.imagesPerSecond,
      waitingShare: interval.waitingShare(waited: stage.waited),
      measurements: endsEpoch ? try stage.program.measurements() : [],
      curves: endsEpoch ? try LearnedCurve.readings(of: model) : [])
    interval = TrainingInterval(waited: stage.waited)
    try report(.interval(progress(stage), metrics))
  }

  /// Replaces the run's last checkpoint.
  /// - Throws: `TrainingError` for a state that is not finite: it must never replace a finite one, although the losses were finite.
  func save(_ stage: StageContext) throws {
    guard let store else { return }
    let tensors = model.state + stage.state
    if let bad = try withoutGradients({ try TensorLists.nonFinitePositions(tensors.map(\.tensor)) }).first {
      throw TrainingError.stateNotFinite(
        stage: stage.stage.name, step: stage.stepsDone, epoch: progress(stage).epochNumber, tensor: tensors[bad].name,
        lastGood: store.lastPathIfPresent)
    }
    // Weights whose norm overflows have diverged, although each of them is finite.
    guard try withoutGradients({ try TensorLists.norm(model.allParameters.map(\.tensor)).item() }).isFinite else {
      throw TrainingError.notFinite(
        stage: stage.stage.name, step: stage.stepsDone, epoch: progress(stage).epochNumber, term: "weights",
        learningRate: stage.learningRate, lastGood: store.lastPathIfPresent)
    }
    try store.save(
      position: position(stage), model: model.state, stageState: stage.state, description: checkpointDescription())
    lastSaved = .now
    try report(.saved(progress(stage), path: store.lastPath))
  }

  func position(_ stage: StageContext) -> CheckpointPosition {
    CheckpointPosition(
      stage: stage.index, step: stage.stepsDone, runStep: stepsOfEarlierStages + stage.stepsDone,
      isEndOfStage: stage.isFinished)
  }

  func checkpointDescription() throws -> CheckpointDescription {
    CheckpointDescription(
      recipe: recipe.name, model: modelDescription, preprocessing: recipe.preprocessing, classNames: data.classes.names,
      classCounts: data.classes.counts, dataDigest: data.digest, seed: environment.seed, threads: Engine.threadCount,
      precision: compute.precision, engine: Engine.compiledVersion, inference: recipe.inference, run: options.run)
  }

  func progress(_ stage: StageContext) -> StageProgress {
    StageProgress(
      stageIndex: stage.index, stageCount: recipe.stages.count, stage: stage.stage.name, step: stage.stepsDone,
      totalSteps: stage.totalSteps, stepsPerEpoch: stage.stepsPerEpoch, epochCount: stage.epochCount,
      runStep: stepsOfEarlierStages + stage.stepsDone, imagesPerStep: extents[stage.index].imagesPerStep,
      imagesOfLaterStages: extents[(stage.index + 1)...].reduce(0) { $0 + $1.images })
  }
}
