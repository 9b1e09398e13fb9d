import BenchmarkSupport
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import Transforms
import VisionModels

@Suite struct StepRunnerTests {
  /// A step takes nothing from the host but its shape, so a program that is replayed gives the same run, with schedules,
  /// augmentation, EMA, two phases and a short last batch.
  @Test func replayedStepsGiveTheSameRun() throws {
    let data = try Tiny.data()
    let changes = Augmentation {
      ($0.cropPadding, $0.flipProbability) = (2, 0.5)
      $0.cutout = .init { $0.size = 6 }
      $0.policy = .init(.trivialAugment)
      $0.mixing = .init { $0.mixupAlpha = 0.4 }
    }
    let weak = Augmentation { ($0.cropPadding, $0.flipProbability) = (2, 0.5) }
    for optimizer in [OptimizerSettings.sgd(weightDecay: 2e-4), .adamW(weightDecay: 0.05)] {
      let stage = Stage(
        "joint", for: .epochs(4), batchSize: 10, optimizer: optimizer, learningRate: 0.01,
        schedule: .warmup(length: .steps(3), by: .step, then: .cosine(end: 0, by: .step)),
        phases: [
          Phase(objective: try CrossEntropyLoss(), augmentation: changes),
          Phase(from: .epochs(2), objective: try CrossEntropyLoss(labelSmoothing: 0.1), augmentation: weak),
        ], emaDecay: 0.9)
      func run(_ runner: (any StepRunner)?) throws -> (weights: [[Float]], losses: [Double]) {
        var options = Tiny.options
        options.runner = runner
        let recorder = Readings()
        let trainer = try Tiny.trainer(Tiny.recipe([stage]), on: data, options: options, observers: [recorder])
        try trainer.run()
        return (
          try trainer.model.state.map { try $0.tensor.detached().to(.float32).floats() },
          recorder.losses
        )
      }
      let repeated = ReplayedSteps()
      let recorded = try run(repeated)
      let plain = try run(nil)
      #expect(recorded.weights == plain.weights)
      #expect(recorded.losses == plain.losses)
      #expect(!plain.losses.isEmpty)
      // Whole and last batches of two phases.
      #expect(data.training.count % 10 != 0)
      let steps = BatchPlan.stepsPerEpoch(imageCount: data.training.count, batchSize: 10)
      #expect(repeated.shapes.count == 4)
      #expect(repeated.callCount == 4 * steps)
    }
  }

  /// Without a GPU steps cannot be captured, and the error says why.
  @Test(.enabled(if: Engine.cudaDeviceCount == 0))
  func captureNeedsAGPU() {
    #expect(throws: TorchError.self) { try CUDAGraph(on: .cuda(0)) }
    #expect(throws: TorchError.self) { try CUDAStream.fromPool(on: .cuda(0)) }
    #expect(throws: TorchError.self) { try CUDAMemory.reading(of: .cuda(0)) }
  }
}

@Suite struct CapturedRunnerTests {
  /// Runs steps as they are, and notes how many it was given at a time.
  private final class WatchedSteps: StepRunner {
    let stepsPerRun: Int
    private(set) var transfers: [Int] = []
    private(set) var sizes: [Int] = []
    private var seen: Set<StepShape> = []

    init(stepsPerRun: Int = 1) { self.stepsPerRun = stepsPerRun }

    func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
      let before = Engine.hostTransferCount
      try body()
      sizes.append(shape.steps)
      if !seen.insert(shape).inserted { transfers.append(Engine.hostTransferCount - before) }
    }
  }

  private struct Outcome {
    var weights: [[Float]]
    var losses: [Double]
    var predictions: [Int]
  }

  private func outcome(
    _ recipe: Recipe, _ runner: (any StepRunner)?, evaluation: (any StepRunner)? = nil, readings: Int = 1,
    compute: ComputeSettings = Tiny.compute
  ) throws -> Outcome {
    var options = Tiny.options
    options.runner = runner
    options.evaluationRunner = evaluation
    options.readingsPerEpoch = readings
    options.evaluationInterval = 1
    let recorder = Readings()
    let trainer = try Tiny.trainer(
      recipe, on: try Tiny.data(), compute: compute, options: options, observers: [recorder])
    let result = try trainer.run()
    return Outcome(
      weights: try trainer.model.state.map { try $0.tensor.detached().to(.float32).floats() }, losses: recorder.losses,
      predictions: result?.predictions.map { Int($0.label) } ?? [])
  }

  /// Several steps at a time are the same steps.
  @Test(arguments: [2, 3]) func severalStepsAtATimeGiveTheSameRun(_ count: Int) throws {
    let recipe = Tiny.recipe([
      try Tiny.stage(
        length: .epochs(3), batchSize: 4,
        phases: [
          Phase(objective: CrossEntropyLoss(), augmentation: Tiny.augmentation),
          Phase(from: .steps(8), objective: CrossEntropyLoss(labelSmoothing: 0.1), augmentation: Tiny.augmentation),
        ], emaDecay: 0.9)
    ])
    let watch = WatchedSteps(stepsPerRun: count)
    let several = try outcome(recipe, watch)
    let single = try outcome(recipe, nil)
    #expect(several.weights == single.weights)
    #expect(several.losses == single.losses)
    // 21 images: four whole batches and one of five, and steps at a time must not cross the phase that begins at step 8.
    #expect(watch.sizes.contains(count))
    #expect(watch.sizes.contains(1))
    #expect(watch.sizes.reduce(0, +) == 15)
  }

  @Test func replayedEvaluationsGiveTheSamePredictions() throws {
    let recipe = Tiny.recipe([try Tiny.stage(length: .epochs(3), emaDecay: 0.8)])
    let programs = ReplayedSteps()
    let recorded = try outcome(recipe, nil, evaluation: programs)
    let plain = try outcome(recipe, nil)
    #expect(recorded.predictions == plain.predictions)
    #expect(recorded.weights == plain.weights)
    #expect(programs.replayCount > 0)
  }

  /// Weights that are cast all at once give the same gradients as those that autocast casts one by one.
  @Test func weightsCastAtOnceGiveTheSameGradients() throws {
    let model = try ModelDescription(backbone: "resnet20").model(classes: 4, seed: 3)
    model.setTraining(true)
    let values: [Float] = (0..<2 * 3 * 32 * 32).map { Float($0 % 17) / 8 - 1 }
    let images = try Tensor(values, shape: [2, 3, 32, 32])
    let casts = WeightCasts(of: model, to: .bfloat16)
    func gradients(_ pass: () throws -> Tensor) throws -> [[Float]] {
      for parameter in model.allParameters { try parameter.tensor.setGradient(nil) }
      try withAutocast(.bfloat16, on: .cpu, pass).to(.float32).sum().backward()
      return try model.allParameters.map { try $0.tensor.gradient?.floats() ?? [] }
    }
    let one = try gradients { try model(images).logits }
    let all = try gradients { try casts { try model(images).logits } }
    #expect(one == all)
    #expect(one.allSatisfy { !$0.isEmpty })
    #expect(model.allModules.allSatisfy { ($0.module as? any CastsWeight)?.castWeight == nil })
  }

  /// Runs that take turns do not affect each other; when one fails, the others save and end.
  @Test func runsInTurnAreAsRunsAlone() throws {
    let recipe = Tiny.recipe([try Tiny.stage(length: .epochs(2), emaDecay: 0.9)])
    let data = try Tiny.data()
    func trainer(_ seed: UInt64, _ observers: [any TrainingObserver] = [], _ stop: StopSignal = StopSignal()) throws
      -> Trainer
    { try Tiny.trainer(recipe, on: data, seed: seed, observers: observers, stop: stop) }
    func weights(_ trainer: Trainer) throws -> [[Float]] {
      try trainer.model.state.map { try $0.tensor.detached().to(.float32).floats() }
    }
    let seeds: [UInt64] = [1, 2, 3]
    let alone = try seeds.map { seed in
      let trainer = try trainer(seed)
      try trainer.run()
      return try weights(trainer)
    }
    let together = try seeds.map { try trainer($0) }
    let outcomes = TrainingLoop(together).stepInTurn(together)
    #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
    #expect(try together.map(weights) == alone)

    struct Refusal: Error {}
    let stop = StopSignal()
    let failing = Watcher { if case .interval = $0 { throw Refusal() } }
    let mixed = try [trainer(1, [], stop), trainer(2, [failing], stop)]
    let results = TrainingLoop(mixed, stop: stop).stepInTurn(mixed)
    #expect(throws: TrainingError.self) { try results[0].get() }
    #expect(throws: Refusal.self) { try results[1].get() }
  }
}
