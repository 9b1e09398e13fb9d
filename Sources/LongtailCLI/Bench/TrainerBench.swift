import Longtail

/// Times whole steps as the trainer runs them: order, gather, augmentation, model, loss, backward, optimiser, metrics.
struct TrainerBench {
  let model: ModelDescription
  let compute: ComputeSettings
  let batchSize: Int
  let side: Int
  let implementation: SGD.Implementation

  /// A recipe of one stage over noise. The learning rate is low because noise teaches nothing.
  func recipe(steps: Int) throws -> Recipe {
    var optimizer = OptimizerSettings.sgd(weightDecay: 2e-4)
    optimizer.implementation = implementation
    let stage = Stage(
      "bench", for: .steps(steps), batchSize: batchSize, optimizer: optimizer, learningRate: 0.01, schedule: .constant,
      phases: [Phase(objective: try CrossEntropy(), augmentation: .cropAndFlip)])
    return Recipe(
      "bench", source: "none", model: model, preprocessing: Preprocessing(inputSize: side, normalization: .cifar),
      stages: [stage])
  }

  /// Trains and calls the observer after every step, until the steps are done or it raises the signal.
  func run(_ data: TrainingData, steps: Int, observer: any TrainingObserver, stop: StopSignal) throws {
    var options = Trainer.Options()
    options.readingsPerEpoch = .max
    let trainer = try Trainer(
      recipe(steps: steps), data: data, compute: compute, options: options, observers: [observer], stop: stop)
    do {
      try trainer.run()
    } catch TrainingError.stopped {
      // The observer has what it wanted.
    }
  }
}
