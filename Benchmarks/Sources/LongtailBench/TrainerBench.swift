import ArgumentParser
import Longtail
import VisionModels

/// Runs whole steps as the trainer runs them: order, gather, augmentation, model, loss, backward, optimiser, metrics.
struct TrainerBench {
  let model: ModelDescription
  let compute: ComputeSettings
  let batchSize: Int
  let side: Int
  let implementation: SGD.Implementation
  var objective = BenchObjective.crossEntropy
  /// Called with what does not go as asked for.
  var notice: (@Sendable (String) -> Void)?

  /// A recipe of one stage over noise. The learning rate is low because noise teaches nothing.
  func recipe(steps: Int, classes: ClassDistribution) throws -> Recipe {
    var optimizer = OptimizerSettings.sgd(weightDecay: 2e-4)
    optimizer.implementation = implementation
    let stage = Stage(
      "bench", for: .steps(steps), batchSize: batchSize, optimizer: optimizer, learningRate: 0.01, schedule: .constant,
      phases: [Phase(objective: try objective.objective(for: classes), augmentation: .cropAndFlip)])
    return Recipe(
      "bench", source: "none", model: model, preprocessing: Preprocessing(inputSize: side, normalization: .cifar),
      stages: [stage])
  }

  /// Trains several models at the same time and calls each one's observer after every window, until the steps are done or one of them
  /// raises the signal.
  ///
  /// - Parameters:
  ///   - data: the images of all.
  ///   - steps: the greatest number of steps.
  ///   - window: steps between two readings; nil for an epoch.
  ///   - observers: one a model.
  ///   - stop: ends all.
  func run(
    _ data: TrainingData, steps: Int, window: Int? = 1, observers: [any TrainingObserver], stop: StopSignal
  ) throws {
    let trainers = try observers.enumerated().map { seed, observer in
      try trainer(data, steps: steps, window: window, seed: UInt64(seed), observers: [observer], stop: stop)
    }
    for outcome in TrainingLoop(trainers, stop: stop).run() {
      do {
        _ = try outcome.get()
      } catch TrainingError.stopped {
        // The observer has what it wanted.
      }
    }
  }

  /// What the engine does in some steps within an epoch, after others that warm everything up.
  func profile(_ data: TrainingData, warmup: Int, steps: Int) throws -> ExecutionProfile {
    let trainer = try trainer(data, steps: .max / 2, window: nil, seed: 0, observers: [], stop: StopSignal())
    return try TrainingLoop([trainer]).withCaptureStreams { streams in
      try streams.first?.makeCurrent()
      // Neither the beginning of an epoch nor the reading at its end belongs to a step.
      let epoch = (data.training.count + batchSize - 1) / batchSize
      let first = max(warmup, epoch > steps + 1 ? (warmup / epoch + 1) * epoch + 1 : warmup)
      try advance(trainer, to: first)
      return try ExecutionProfile.of(compute.device) { try advance(trainer, to: first + steps) }
    }
  }

  private func advance(_ trainer: Trainer, to step: Int) throws {
    while trainer.step < step { guard try trainer.advance() else { return } }
  }

  private func trainer(
    _ data: TrainingData, steps: Int, window: Int?, seed: UInt64, observers: [any TrainingObserver], stop: StopSignal
  ) throws -> Trainer {
    var options = Trainer.Options()
    let epoch = (data.training.count + batchSize - 1) / batchSize
    options.readingsPerEpoch = window.map { max(1, epoch / $0) } ?? 1
    options.notice = notice
    return try Trainer(
      recipe(steps: min(steps, 1_000_000), classes: data.classes), data: data, compute: compute, seed: seed,
      options: options, observers: observers, stop: stop)
  }
}

/// What is minimised, by name.
enum BenchObjective: String, ExpressibleByArgument, CaseIterable {
  case crossEntropy = "cross-entropy"
  case balancedSoftmax = "balanced-softmax"

  func objective(for classes: ClassDistribution) throws -> any Objective {
    switch self {
    case .crossEntropy: try CrossEntropyLoss()
    case .balancedSoftmax: try BalancedSoftmaxLoss(classes)
    }
  }
}
