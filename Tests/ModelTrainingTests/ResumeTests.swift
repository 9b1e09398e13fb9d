import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import Transforms
import VisionModels

/// An interrupted run ends with the same bits as one that was not.
@Suite(.serialized) struct ResumeTests {
  /// A recipe, and the steps after which it is interrupted.
  struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var head: ModelDescription.HeadKind = .linear
    let stops: [Int]
    let stages: @Sendable () throws -> [Stage]

    init(
      _ name: String, head: ModelDescription.HeadKind = .linear, stops: [Int],
      stages: @escaping @Sendable () throws -> [Stage]
    ) {
      testDescription = name
      self.head = head
      self.stops = stops
      self.stages = stages
    }
  }

  static let scenarios: [Scenario] = [
    // Four steps per epoch: in the middle of the first, at its end where the second phase begins, and after that.
    Scenario("Nesterov, average, two phases", head: .cosine, stops: [2, 4, 5]) {
      let counts = [10, 6, 3, 2]
      let phases = [
        Phase(objective: try LDAMLoss(counts: counts), augmentation: Tiny.augmentation),
        Phase(
          from: .epochs(1), objective: try LDAMLoss(counts: counts, reweightingBeta: 0.99), augmentation: .cropAndFlip),
      ]
      return [try Tiny.stage(phases: phases, emaDecay: 0.7)]
    },
    Scenario("AdamW with clipping", stops: [3]) {
      [try Tiny.stage(optimizer: .adamW(weightDecay: 0.05), learningRate: 1e-3, clipping: 1)]
    },
    Scenario("sharpness-aware", stops: [3]) {
      [try Tiny.stage(length: .steps(5), optimizer: .sgd(weightDecay: 5e-4, sharpnessRadius: 0.05))]
    },
    Scenario("SGD tensor by tensor, warm-up", stops: [3]) {
      var optimizer = OptimizerSettings.sgd(weightDecay: 5e-4)
      optimizer.implementation = .perTensor
      optimizer.excludesBiasAndNormFromDecay = true
      let schedule = Schedule.warmup(length: .epochs(1), by: .step, then: .factors([.init(.steps(6), 0.1)]))
      return [try Tiny.stage(optimizer: optimizer, schedule: schedule)]
    },
    // In the first stage, at its last step, and in the second.
    Scenario("two stages, head alone in the second", stops: [3, 4, 6]) {
      [
        try Tiny.stage("features", length: .epochs(1), emaDecay: 0.5),
        try Tiny.stage("head", length: .steps(4), sampler: .classBalanced, training: .only(["linear"])),
      ]
    },
    Scenario("drawn operations, mixed pairs, repeated images", stops: [1, 3]) {
      let strong = Augmentation {
        ($0.cropPadding, $0.flipProbability) = (2, 0.5)
        $0.cutout = .init { $0.size = 4 }
        $0.policy = .init { ($0.rule, $0.magnitudeNoise, $0.increases) = (.variedRandAugment, 0.5, true) }
        $0.jitter = .init { $0.brightness = 0.3 }
        $0.blurProbability = 0.3
        $0.erasing = .init { $0.probability = 0.3 }
        $0.mixing = .init { ($0.mixupAlpha, $0.cutmixAlpha, $0.isPerImage) = (0.8, 1, true) }
      }
      var stage = try Tiny.stage(phases: [
        Phase(objective: CrossEntropyLoss(labelSmoothing: 0.1), augmentation: strong),
        Phase(from: .epochs(1), objective: CrossEntropyLoss(), augmentation: .strongCIFAR),
      ])
      stage.streams[0].repetitions = 3
      return [stage]
    },
    Scenario("a re-initialised head, then normalised classifier weights", stops: [3, 4, 6, 8]) {
      var head = try Tiny.stage("head", length: .steps(4), sampler: .classBalanced, training: .only(["linear"]))
      head.initializations = [.reinitializedParameters(["linear"])]
      let changed = Stage(changing: "normalised", [.normalizedClassifierWeights(power: 0.5)], as: head)
      return [try Tiny.stage("features", length: .epochs(1)), head, changed]
    },
  ]

  /// Stopped after each of the scenario's steps and resumed by another trainer.
  @Test(arguments: scenarios)
  func interruptionsLeaveNoTrace(scenario: Scenario) throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe(try scenario.stages(), head: scenario.head)
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: scenario.stops)
    try TrainingRuns.expectEqual(resumed, expected)
  }

  /// Drop-path draws depend on the step alone, so a resumed run has the same.
  @Test func dropPathIsResumed() throws {
    let data = try Tiny.data()
    var recipe = Tiny.recipe(
      [try Tiny.stage(length: .steps(3), optimizer: .adamW(weightDecay: 0.05), learningRate: 1e-3)])
    recipe.model = ModelDescription {
      ($0.backbone, $0.dropPath) = ("deit_tiny_distilled_patch16_224", 0.3)
    }
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [2])
    try TrainingRuns.expectEqual(resumed, expected)
    recipe.model.dropPath = 0
    let plain = try TrainingRuns.contents(of: recipe, on: data)
    let key = "model.head.weight"
    #expect(try plain[key]?.isEqual(to: #require(expected[key])) == false)
  }

  @Test(arguments: SamplerKind.allCases)
  func everySamplerIsResumed(sampler: SamplerKind) throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(6), sampler: sampler)])
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [5])
    try TrainingRuns.expectEqual(resumed, expected)
  }

  @Test func manyInterruptionsLeaveNoTrace() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(emaDecay: 0.9)])
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: Array(1...7))
    try TrainingRuns.expectEqual(resumed, expected)
  }

  /// The error of a stopped run names its checkpoint.
  @Test func stoppedRunsNameTheirCheckpoint() throws {
    let data = try Tiny.data()
    try TrainingRuns.withStore { store in
      let stop = StopSignal()
      stop.raise()
      let trainer = try Tiny.trainer(Tiny.recipe([Tiny.stage()]), on: data, store: store, stop: stop)
      let error = #expect(throws: TrainingError.self) { try trainer.run() }
      #expect(error == .stopped(stage: "joint", step: 1, checkpoint: store.lastPath))
    }
  }

  private struct Crash: Error {}

  /// A run that is killed is resumed from its last checkpoint, some steps before.
  @Test func aCrashCostsOnlyTheStepsSinceTheCheckpoint() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage()])
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.withStore { store in
      let killer = Watcher { event in
        if case .interval(let progress, _) = event, progress.step == 7 { throw Crash() }
      }
      #expect(throws: Crash.self) { try Tiny.trainer(recipe, on: data, store: store, observers: [killer]).run() }
      #expect(try store.last()?.position.step == 4)
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try TrainingRuns.contents(of: store)
    }
    try TrainingRuns.expectEqual(resumed, expected)
  }

  /// A finished run that is started again only evaluates.
  @Test func aFinishedRunDoesNotChange() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(2), emaDecay: 0.5)])
    try TrainingRuns.withStore { store in
      let first = try Tiny.trainer(recipe, on: data, store: store).run()
      let before = try TrainingRuns.contents(of: store)
      let again = Readings()
      let second = try Tiny.trainer(recipe, on: data, store: store, observers: [again]).run()
      #expect(again.metrics.isEmpty)
      #expect(first?.result.confusion == second?.result.confusion)
      try TrainingRuns.expectEqual(TrainingRuns.contents(of: store), before)
    }
  }

  @Test func equalSeedsGiveEqualRuns() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(3))])
    func losses(_ seed: UInt64) throws -> [Double] {
      let readings = Readings()
      try Tiny.trainer(recipe, on: data, seed: seed, observers: [readings]).run()
      return readings.losses
    }
    let first = try losses(1)
    #expect(first.count == 3)
    #expect(first.allSatisfy { $0.isFinite })
    #expect(try losses(1) == first)
    #expect(try losses(2) != first)
  }
}
