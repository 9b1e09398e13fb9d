import Checkpoints
import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import VisionData

/// A run that was interrupted must end with the same bits as one that was not.
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
    // Four steps an epoch: in the middle of the first, at its end where the second phase begins, and after that.
    Scenario("Nesterov, average, two phases", head: .cosine, stops: [2, 4, 5]) {
      let counts = [10, 6, 3, 2]
      let phases = [
        Phase(objective: try LDAM(counts: counts), augmentation: Tiny.augmentation),
        Phase(from: .epochs(1), objective: try LDAM(counts: counts, reweightingBeta: 0.99), augmentation: .cropAndFlip),
      ]
      return [try Tiny.stage(phases: phases, averageDecay: 0.7)]
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
      optimizer.sparesVectors = true
      let schedule = Schedule.warmup(length: .epochs(1), by: .step, then: .factors([.init(.steps(6), 0.1)]))
      return [try Tiny.stage(optimizer: optimizer, schedule: schedule)]
    },
    // In the first stage, at its last step, and in the second.
    Scenario("two stages, head alone in the second", stops: [3, 4, 6]) {
      [
        try Tiny.stage("features", length: .epochs(1), averageDecay: 0.5),
        try Tiny.stage("head", length: .steps(4), sampler: .classBalanced, training: .only(["linear"])),
      ]
    },
    Scenario("a new head, then shorter class vectors", stops: [3, 4, 6, 8]) {
      var head = try Tiny.stage("head", length: .steps(4), sampler: .classBalanced, training: .only(["linear"]))
      head.beginnings = [.freshParameters(["linear"])]
      let changed = Stage(changing: "normalised", [.normalizedClassVectors(power: 0.5)], as: head)
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
    let recipe = Tiny.recipe([try Tiny.stage(averageDecay: 0.9)])
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

  /// A run that dies goes on from its last checkpoint, which lies steps before its death.
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

  /// A finished run that is started again only measures.
  @Test func aFinishedRunStaysAsItIs() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(2), averageDecay: 0.5)])
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
    #expect(first.count == 3 && first.allSatisfy(\.isFinite))
    #expect(try losses(1) == first)
    #expect(try losses(2) != first)
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

  /// Everything that the last checkpoint holds: the network, the optimisers' state, the averages.
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
