import LongtailTestSupport
import ModelTraining
import Serialization
import Torch
import VisionData

/// Runs that are stopped after some steps and go on.
enum Interrupted {
  /// Everything that the last checkpoint holds, as numbers by name.
  static func contents(_ recipe: Recipe, _ data: TrainingData, stops: [Int]) throws -> [String: [Double]] {
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      for step in stops {
        let stop = StopSignal()
        let watcher = Watcher { event in
          if case .interval(let progress, _) = event, progress.runStep == step { stop.raise() }
        }
        _ = try? Tiny.trainer(recipe, on: data, store: store, observers: [watcher], stop: stop).run()
        guard try store.last()?.position.runStep == step else { return [:] }
      }
      try Tiny.trainer(recipe, on: data, store: store).run()
      let file = try SafetensorsFile(store.lastPath)
      return try Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, try Tensor($0).doubles()) })
    }
  }
}
