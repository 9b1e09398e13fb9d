import NeuralNetworks
import Torch
import VisionModels

/// How a trainer begins its run and its stages.
extension Trainer {
  /// Looks for a checkpoint to resume from, and checks it.
  /// - Returns: the number of the first stage to train.
  func beginRun() throws -> Int {
    try compute.apply()
    resumed = try store?.last()
    try resumed?.check(run: options.run)
    try resumed?.check(
      model: recipe.model(ofStage: resumed?.position.stage ?? 0), classNames: data.classes.names,
      seed: environment.seed)
    try resumed?.check(dataDigest: data.digest)
    // A run that has begun has copies of the finished stages that it uses.
    if resumed == nil { try recipe.checkFinishedStages(classNames: data.classes.names) }
    extents = try recipe.stages.enumerated().map {
      try RecipeError.check($1)
      return try StageExtent($1, index: $0, data: data, seed: environment.seed)
    }
    stepsOfEarlierStages = resumed.map { $0.position.runStep - $0.position.step } ?? 0
    return resumed?.position.stage ?? 0
  }

  func beginStage(_ index: Int) throws -> StageContext {
    let stage = recipe.stages[index]
    try makeModel(ofStage: index)
    // A checkpoint inside a stage holds the model as the stage has initialised it.
    if resumed == nil { try initialize(stage, index: index) }
    let context = try StageContext(
      stage, index: index, run: environment, model: model, teachers: teachers(of: stage), previous: endedProgram,
      runner: options.runner)
    endedProgram = nil
    if let resumed {
      try resumed.restore(model: model, stageState: context.state)
      try context.seek(to: resumed.position.step)
    }
    resumed = nil
    // A stage may have changed the model's parts, which a captured evaluation would not see.
    evaluator = try Evaluator(
      preprocessing: recipe.preprocessing, compute: compute,
      inference: recipe.inference, classCounts: data.classes.counts,
      runner: options.evaluationRunner ?? (compute.usesCUDAGraphs ? compute.stepRunner(notice: options.notice) : nil))
    try report(.stageBegan(progress(context)))
    context.enterTrainingMode()
    interval = TrainingInterval(waited: context.waited)
    lastSaved = .now
    return context
  }

  private func initialize(_ stage: Stage, index: Int) throws {
    for initialization in stage.initializations {
      try initialization.apply(
        to: model, describedBy: modelDescription, seed: environment.seed, stage: (stage.name, index)
      ) { try validationLogits(stage: stage.name) }
      if initialization == .reinitializedModel { try options.loadPretrainedWeights?(model) }
    }
  }

  /// Makes the network of a stage, if it is another one than that of the previous stage.
  private func makeModel(ofStage index: Int) throws {
    let description = recipe.model(ofStage: index)
    guard description != modelDescription else { return }
    let previous = description.usesTensors(of: modelDescription) ? model : nil
    model = try description.model(
      classes: data.classes.classCount, seed: StageInitialization.seed(ofStage: index, run: environment.seed))
    try model.move(to: compute.device, format: compute.memoryFormat)
    modelDescription = description
    if let previous {
      // A router that was not there keeps its initial weights; one that is no longer there is left out.
      let old = Dictionary(uniqueKeysWithValues: previous.state.map { ($0.name, $0.tensor) })
      try model.load(Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, old[$0.name] ?? $0.tensor) }))
    } else if resumed == nil {
      try options.loadPretrainedWeights?(model)
    }
  }

  private func validationLogits(stage: String) throws -> (logits: Tensor, labels: Tensor) {
    guard let validation = data.validation else {
      throw RecipeError.incomplete(stage: stage, missing: "a validation set; set data.validationShare=0.1")
    }
    var logits: [Float] = []
    try Evaluator(preprocessing: recipe.preprocessing, compute: compute)
      .logits(of: model, on: EvaluationImages(validation)) { values, _ in logits += values }
    return (
      try Tensor(logits, shape: [validation.count, data.classes.classCount]),
      try Tensor(validation.hostLabels).to(.int64)
    )
  }

  // MARK: Teachers

  /// The models of earlier stages as they ended, from memory or from the stages' checkpoints.
  private func teachers(of stage: Stage) throws -> [any ImageModel] {
    try stage.teachers.map { name in
      guard let index = recipe.stages.firstIndex(where: { $0.name == name }) else {
        throw RecipeError.incomplete(stage: stage.name, missing: "its teacher, an earlier stage named '\(name)'")
      }
      let teacher = try recipe.model(ofStage: index).model(classes: data.classes.classCount, seed: environment.seed)
      if let weights = teacherWeights[name] {
        try teacher.load(weights, source: "stage '\(name)'")
      } else if let store {
        try teacher.load(store.weights(ofStage: index, named: name, run: options.run), source: "stage '\(name)'")
      }
      try teacher.move(to: compute.device, format: compute.memoryFormat)
      for parameter in teacher.allParameters { try parameter.tensor.requiringGradient(false) }
      teacher.setTraining(false)
      if stage.teacherNormalization == .training { useBatchStatistics(in: teacher) }
      return teacher
    }
  }

  /// Makes normalisation use the statistics of each batch; running statistics do not move, so that a resumed run has the same teacher.
  private func useBatchStatistics(in teacher: any ImageModel) {
    for part in teacher.allModules {
      guard let normalization = part.module as? BatchNormalization2d else { continue }
      normalization.setTraining(true)
      normalization.updatesRunningValues = false
    }
  }

  /// Whether a later stage needs the model as this one ends.
  func teachesLaterStage(_ stage: StageContext) -> Bool {
    recipe.stages.dropFirst(stage.index + 1).contains { $0.teachers.contains(stage.stage.name) }
  }
}
