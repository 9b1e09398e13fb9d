import BenchmarkSupport
import LongtailTestSupport
import ModelTraining
import Serialization
import Testing
import Torch
import Transforms

/// Runs of whole recipes with everything that their last checkpoint holds.
package enum TrainingRuns {
  /// A run without interruption.
  package static func contents(
    of recipe: Recipe, on data: TrainingData, runner: (any StepRunner)? = nil, observers: [any TrainingObserver] = []
  ) throws -> [String: Tensor] {
    var options = Tiny.options
    options.runner = runner
    return try withStore { store in
      try Tiny.trainer(recipe, on: data, options: options, store: store, observers: observers).run()
      return try contents(of: store)
    }
  }

  /// A run that is stopped after each of some steps and resumed by another trainer, which has nothing but the checkpoints.
  /// - Parameter others: the same data prepared in another way, for the rest of the run.
  package static func contents(
    of recipe: Recipe, on data: TrainingData, stoppingAfter steps: [Int], resumingOn others: TrainingData? = nil
  ) throws -> [String: Tensor] {
    try withStore { store in
      for step in steps { try stop(recipe, on: data, after: step, store: store) }
      try Tiny.trainer(recipe, on: others ?? data, store: store).run()
      return try contents(of: store)
    }
  }

  /// Calls `body` with a store in a temporary folder.
  package static func withStore<Result>(_ body: (CheckpointStore) throws -> Result) throws -> Result {
    try withTemporaryFolder { try body(CheckpointStore(folder: $0.path)) }
  }

  /// Begins or resumes a run and stops it after a step, counted from the beginning of the run.
  package static func stop(
    _ recipe: Recipe, on data: TrainingData, after step: Int, store: CheckpointStore
  ) throws {
    let stop = StopSignal()
    let watcher = Watcher { event in
      if case .interval(let progress, _) = event, progress.runStep == step { stop.raise() }
    }
    #expect(throws: TrainingError.self) {
      try Tiny.trainer(recipe, on: data, store: store, observers: [watcher], stop: stop).run()
    }
    #expect(try store.last()?.position.runStep == step)
  }

  /// Expects the same names with the same bits.
  package static func expectEqual(
    _ actual: [String: Tensor], _ expected: [String: Tensor], _ note: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(!expected.isEmpty, "\(note)", sourceLocation: sourceLocation)
    #expect(actual.keys.sorted() == expected.keys.sorted(), "\(note)", sourceLocation: sourceLocation)
    let different = try expected.filter { name, tensor in try actual[name]?.isEqual(to: tensor) != true }
    #expect(
      different.isEmpty, "\(note): \(different.keys.sorted().prefix(5)) of \(expected.count) differ",
      sourceLocation: sourceLocation)
  }

  /// Expects that replayed steps give the same run and move nothing between host and engine.
  ///
  /// - Parameter expected: what a plain run ends with; nil where the programs of a GPU round differently, so that a plain run of theirs
  ///   is needed.
  package static func expectReplays(
    of recipe: Recipe, on data: TrainingData, give expected: [String: Tensor]? = nil, _ note: String
  ) throws {
    try HostReads.$areForbidden.withValue(true) {
      let runner = ReplayedSteps()
      let stages = Watcher { if case .stageBegan = $0 { runner.forget() } }
      let replayed = try contents(of: recipe, on: data, runner: runner, observers: [stages])
      try expectEqual(replayed, expected ?? contents(of: recipe, on: data), note)
      #expect(runner.replayCount > 0)
      #expect(runner.transferCounts.allSatisfy { $0 == 0 })
    }
  }

  /// Everything that the last checkpoint holds: the network, the optimisers' state, the EMA, the program's state.
  package static func contents(of store: CheckpointStore) throws -> [String: Tensor] {
    let file = try SafetensorsFile(store.lastPath)
    return try Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, try Tensor($0)) })
  }
}
