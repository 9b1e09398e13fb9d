import Datasets
import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Synchronization
import Testing
import Torch
import TrainingTestSupport
import Transforms

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
      let strong = Augmentation(cropPadding: 2, flipProbability: 0.5, cutoutSize: 4) {
        ($0.policy, $0.policyMagnitudeNoise, $0.policyIncreases) = (.variedRandAugment, 0.5, true)
        ($0.brightness, $0.blurProbability, $0.erasingProbability) = (0.3, 0.3, 0.3)
        ($0.mixupAlpha, $0.cutmixAlpha, $0.mixesPerImage) = (0.8, 1, true)
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

  @Test(arguments: scenarios)
  func interruptionsLeaveNoTrace(scenario: Scenario) throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe(try scenario.stages(), head: scenario.head)
    let expected = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    for stop in scenario.stops {
      let (resumed, first) = try withStore { store in
        try runUntil(stop, recipe, data, store)
        let first = try #require(try store.last())
        try Tiny.trainer(recipe, on: data, store: store).run()
        return (try contents(of: store), first.position)
      }
      #expect(first.runStep == stop)
      try expectEqual(resumed, expected, "stopped after step \(stop)")
    }
  }

  /// Drop-path draws depend on the step alone, so a resumed run has the same.
  @Test func dropPathGoesOn() throws {
    let data = try Tiny.data()
    var recipe = Tiny.recipe(
      [try Tiny.stage(length: .steps(3), optimizer: .adamW(weightDecay: 0.05), learningRate: 1e-3)])
    recipe.model = ModelDescription(backbone: "deit_tiny_distilled_patch16_224", dropPath: 0.3)
    let expected = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    let resumed = try withStore { store in
      try runUntil(2, recipe, data, store)
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    try expectEqual(resumed, expected, "drop-path")
    recipe.model.dropPath = 0
    let plain = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    let key = "model.head.weight"
    #expect(try plain[key]?.isEqual(to: #require(expected[key])) == false)
  }

  @Test(arguments: SamplerKind.allCases)
  func everySamplerGoesOn(sampler: SamplerKind) throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(6), sampler: sampler)])
    let expected = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    let resumed = try withStore { store in
      try runUntil(5, recipe, data, store)
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    try expectEqual(resumed, expected, sampler.rawValue)
  }

  /// Stopped again and again.
  @Test func manyInterruptionsLeaveNoTrace() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(emaDecay: 0.9)])
    let expected = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    let resumed = try withStore { store in
      for stop in 1...7 { try runUntil(stop, recipe, data, store) }
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    try expectEqual(resumed, expected, "seven stops")
  }

  private struct Crash: Error {}

  /// A run that is killed is resumed from its last checkpoint, some steps before.
  @Test func aCrashCostsOnlyTheStepsSinceTheCheckpoint() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage()])
    let expected = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    let resumed = try withStore { store in
      let killer = Watcher { event in
        if case .interval(let progress, _) = event, progress.step == 7 { throw Crash() }
      }
      #expect(throws: Crash.self) { try Tiny.trainer(recipe, on: data, store: store, observers: [killer]).run() }
      #expect(try store.last()?.position.step == 4)
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
    try expectEqual(resumed, expected, "crash")
  }

  /// A finished run that is started again only evaluates.
  @Test func aFinishedRunStaysAsItIs() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(2), emaDecay: 0.5)])
    try withStore { store in
      let first = try Tiny.trainer(recipe, on: data, store: store).run()
      let before = try contents(of: store)
      let again = Readings()
      let second = try Tiny.trainer(recipe, on: data, store: store, observers: [again]).run()
      #expect(again.metrics.isEmpty)
      #expect(first?.result.confusion == second?.result.confusion)
      try expectEqual(try contents(of: store), before, "again")
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

  /// Images that are read from files while training: neither the threads that read them nor interruptions change the result.
  @Test func streamedRunsDoNotDependOnTheirThreads() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path)
      let directory = try DataDirectory.open(folder.path)
      func data(workers: Int) throws -> TrainingData {
        try TrainingData.prepare(
          directory, preprocessing: Preprocessing(inputSize: 24, normalization: Tiny.normalization), cropsFiles: true,
          on: .cpu, loading: ImageStorage(workers: workers))
      }
      let crops = Augmentation(cropPadding: 0, flipProbability: 0.5, cutoutSize: 4) { $0.resizedCropArea = 0.3 }
      var recipe = Tiny.recipe([
        try Tiny.stage(length: .epochs(2), phases: [Phase(objective: CrossEntropyLoss(), augmentation: crops)])
      ])
      recipe.preprocessing.inputSize = 24
      let expected = try withStore { store in
        try Tiny.trainer(recipe, on: data(workers: 2), store: store).run()
        return try contents(of: store)
      }
      for (stop, workers) in [(3, 1), (4, 5), (6, 3)] {
        let resumed = try withStore { store in
          try runUntil(stop, recipe, data(workers: 1), store)
          try Tiny.trainer(recipe, on: data(workers: workers), store: store).run()
          return try contents(of: store)
        }
        try expectEqual(resumed, expected, "stopped after step \(stop), \(workers) threads")
      }
    }
  }

  /// Whole images give the same inputs from memory as from files.
  @Test func memoryAndFilesGiveEqualRuns() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path)
      let directory = try DataDirectory.open(folder.path)
      var recipe = Tiny.recipe([try Tiny.stage()])
      recipe.preprocessing = Preprocessing(
        inputSize: 24, normalization: Tiny.normalization, resizedShorterEdge: 28)
      let results = try [ImageStorage.Location.memory, .files].map { place in
        let data = try TrainingData.prepare(
          directory, preprocessing: recipe.preprocessing, on: .cpu, loading: ImageStorage(location: place))
        return try withStore { store in
          let evaluation = try Tiny.trainer(recipe, on: data, store: store).run()
          return (try contents(of: store), try #require(evaluation).predictions.map(\.confidence))
        }
      }
      try expectEqual(results[1].0, results[0].0, "files")
      #expect(results[1].1 == results[0].1)
    }
  }

  /// Decoded once, read by every later epoch and run; threads and a resume do not change the result.
  @Test func cachedImagesTrainLikeOthers() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path + "/data")
      let directory = try DataDirectory.open(folder.path + "/data")
      var recipe = Tiny.recipe([
        try Tiny.stage(
          length: .epochs(2),
          phases: [
            Phase(
              objective: CrossEntropyLoss(),
              augmentation: Augmentation(cropPadding: 0, flipProbability: 0.5, cutoutSize: 0) {
                $0.resizedCropArea = 0.3
              }
            )
          ])
      ])
      recipe.preprocessing.inputSize = 24
      let notices = Mutex<[String]>([])
      func data(workers: Int, shorterEdge: Int = 28) throws -> TrainingData {
        try TrainingData.prepare(
          directory, settings: DataSettings(cachedShorterEdge: shorterEdge), preprocessing: recipe.preprocessing,
          cropsFiles: true, on: .cpu, loading: ImageStorage(workers: workers, cacheFolder: folder.path + "/cache"),
          notice: { text in notices.withLock { $0.append(text) } })
      }
      let expected = try withStore { store in
        try Tiny.trainer(recipe, on: data(workers: 2), store: store).run()
        return try contents(of: store)
      }
      let resumed = try withStore { store in
        try runUntil(3, recipe, data(workers: 1), store)
        try Tiny.trainer(recipe, on: data(workers: 3), store: store).run()
        return try contents(of: store)
      }
      try expectEqual(resumed, expected, "resumed")
      #expect(notices.withLock { $0.count == 1 && $0[0].contains("MB") })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache").count == 1)
      #expect(throws: DataSourceError.self) { try data(workers: 1, shorterEdge: 20) }
    }
  }

  private func withStore<Result>(_ body: (CheckpointStore) throws -> Result) throws -> Result {
    try withTemporaryFolder { try body(CheckpointStore(folder: $0.path)) }
  }

  /// Runs until the signal that is raised after a step has been heard.
  private func runUntil(_ step: Int, _ recipe: Recipe, _ data: TrainingData, _ store: CheckpointStore) throws {
    let stop = StopSignal()
    let watcher = Watcher { event in
      if case .interval(let progress, _) = event, progress.runStep == step { stop.raise() }
    }
    let trainer = try Tiny.trainer(recipe, on: data, store: store, observers: [watcher], stop: stop)
    let error = #expect(throws: TrainingError.self) { try trainer.run() }
    guard case .stopped(_, _, let path) = error else {
      Issue.record("ended with \(String(describing: error))")
      return
    }
    #expect(path == store.lastPath)
  }

  /// Everything that the last checkpoint holds: the network, the optimisers' state, the EMA.
  private func contents(of store: CheckpointStore) throws -> [String: Tensor] {
    let file = try SafetensorsFile(store.lastPath)
    return try Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, try Tensor($0)) })
  }

  private func expectEqual(_ actual: [String: Tensor], _ expected: [String: Tensor], _ note: String) throws {
    #expect(actual.keys.sorted() == expected.keys.sorted(), "\(note)")
    let different = try expected.filter { name, tensor in try actual[name]?.isEqual(to: tensor) != true }
    #expect(different.isEmpty, "\(note): \(different.keys.sorted().prefix(5)) of \(expected.count) differ")
  }
}
