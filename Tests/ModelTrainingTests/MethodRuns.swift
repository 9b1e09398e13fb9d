import LongtailTestSupport
import ModelTraining
import Serialization
import Testing
import Torch
import VisionData

/// Runs of whole recipes with everything that their last checkpoint holds.
enum MethodRuns {
  /// A run without interruption.
  static func contents(
    of recipe: Recipe, on data: TrainingData, runner: (any StepRunner)? = nil, observers: [any TrainingObserver] = []
  ) throws -> [String: Tensor] {
    var options = Tiny.options
    options.runner = runner
    return try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      try Tiny.trainer(recipe, on: data, options: options, store: store, observers: observers).run()
      return try contents(of: store)
    }
  }

  /// A run that is stopped after some steps, at each by a trainer that then goes away, and ended by another one.
  static func contents(
    of recipe: Recipe, on data: TrainingData, stoppingAfter steps: [Int]
  ) throws -> [String: Tensor] {
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      for step in steps {
        let stop = StopSignal()
        let watcher = Watcher { event in
          if case .interval(let progress, _) = event, progress.runStep == step { stop.raise() }
        }
        #expect(throws: TrainingError.self) {
          try Tiny.trainer(recipe, on: data, store: store, observers: [watcher], stop: stop).run()
        }
        #expect(try store.last()?.position.runStep == step)
      }
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try contents(of: store)
    }
  }

  static func expectEqual(_ actual: [String: Tensor], _ expected: [String: Tensor], _ note: String) throws {
    #expect(actual.keys.sorted() == expected.keys.sorted(), "\(note)")
    let different = try expected.filter { name, tensor in try actual[name]?.isEqual(to: tensor) != true }
    #expect(different.isEmpty, "\(note): \(different.keys.sorted().prefix(5)) of \(expected.count) differ")
  }

  /// A step that is run again reads nothing from the host and gives the same run.
  static func expectSameRunFromRecordedSteps(of recipe: Recipe, on data: TrainingData, _ note: String) throws {
    try WholeBatches.$areForced.withValue(true) {
      let runner = ShapedSteps()
      let stages = Watcher { if case .stageBegan = $0 { runner.forget() } }
      let recorded = try contents(of: recipe, on: data, runner: runner, observers: [stages])
      try expectEqual(recorded, contents(of: recipe, on: data), note)
      #expect(!runner.transfers.isEmpty && runner.transfers.allSatisfy { $0 == 0 })
    }
  }

  private static func contents(of store: CheckpointStore) throws -> [String: Tensor] {
    let file = try SafetensorsFile(store.lastPath)
    return try Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, try Tensor($0)) })
  }
}
