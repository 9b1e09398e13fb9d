import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Stages that a run loads from another one instead of training them.
@Suite(.serialized) struct FinishedStageTests {
  /// Classifier re-training of a few steps.
  private func retraining(for data: TrainingData, head: ModelDescription.HeadKind = .linear) throws -> Recipe {
    var settings = ClassifierRetraining()
    (settings.model.backbone, settings.model.head) = ("resnet20", head)
    settings.adjustSchedule {
      $0.length = .steps(5)
      $0.batchSize = 6
    }
    settings.retraining.length = .steps(3)
    return try settings.recipe(named: "tiny", for: data.classes)
  }

  /// Trains a recipe and calls `body` with its checkpoints.
  private func withRun<Result>(
    _ recipe: Recipe, on data: TrainingData, observers: [any TrainingObserver] = [],
    _ body: (CheckpointStore) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      try Tiny.trainer(recipe, on: data, store: store, observers: observers).run()
      return try body(store)
    }
  }

  private func weights(_ path: String) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: Checkpoint(path).model().state.map { ($0.name, $0.tensor) })
  }

  /// The other stages train as if the run had trained the first one itself.
  @Test func runEndsAsIfItHadTrainedTheStage() throws {
    let data = try Tiny.data()
    let recipe = try retraining(for: data)
    try withRun(recipe, on: data) { first in
      let features = first.folder + "/00-features.safetensors"
      var trained: [String] = []
      let watcher = Watcher { if case .interval(let progress, _) = $0 { trained.append(progress.stage) } }
      try withRun(recipe.usingFinishedStages(["features": features]), on: data, observers: [watcher]) { second in
        #expect(Set(trained) == ["classifier"])
        #expect(trained.count == 3)
        try TrainingRuns.expectEqual(weights(second.lastPath), weights(first.lastPath), "classifier")
        try TrainingRuns.expectEqual(
          weights(second.folder + "/00-features.safetensors"), weights(features), "features")
      }
    }
  }

  /// A finished stage is copied into the run that uses it, which then no longer needs the other run.
  @Test func resumedRunDoesNotReadTheOtherRun() throws {
    let data = try Tiny.data()
    let recipe = try retraining(for: data)
    try withTemporaryFolder { folder in
      let stop = StopSignal()
      let watcher = Watcher { if case .interval(let progress, _) = $0, progress.step == 2 { stop.raise() } }
      let expected = try withRun(recipe, on: data) { first in
        let store = CheckpointStore(folder: folder.path)
        let resumable = try recipe.usingFinishedStages(["features": first.folder + "/00-features.safetensors"])
        #expect(throws: TrainingError.self) {
          try Tiny.trainer(resumable, on: data, store: store, observers: [watcher], stop: stop).run()
        }
        return try weights(first.lastPath)
      }
      let store = CheckpointStore(folder: folder.path)
      try Tiny.trainer(recipe.usingFinishedStages(["features": "/no/such/file"]), on: data, store: store).run()
      try TrainingRuns.expectEqual(weights(store.lastPath), expected, "classifier")
    }
  }

  /// A finished RIDE teaches another one; its router is left out.
  @Test func finishedRunTeaches() throws {
    let data = try Tiny.data()
    var settings = RIDE { $0.expertLoss = .balancedSoftmax }
    settings.model.backbone = "resnet20"
    settings.adjustSchedule {
      $0.length = .steps(2)
      $0.batchSize = 6
    }
    settings.router?.training.length = .steps(1)
    settings.experts.count = 3
    let teacher = try settings.recipe(named: "x", for: data.classes)
    settings.experts.count = 2
    settings.distillation = RIDE.Distillation { $0.teacherExperts = 3 }
    settings.router = nil
    let distilled = try settings.recipe(named: "y", for: data.classes)
    try withRun(teacher, on: data) { first in
      let kept = try weights(first.lastPath)
      #expect(kept.keys.contains { $0.hasPrefix("router.") })
      try withRun(distilled.usingFinishedStages(["teacher": first.lastPath]), on: data) { second in
        let copied = try weights(second.folder + "/00-teacher.safetensors")
        try TrainingRuns.expectEqual(copied, kept.filter { !$0.key.hasPrefix("router.") }, "teacher")
        #expect(try Checkpoint(second.lastPath).description.model.experts?.count == 2)
      }
    }
  }

  /// Stages before a finished one that teach none are left out.
  @Test func uselessStagesAreLeftOut() throws {
    let data = try Tiny.data()
    let distilled = try RIDE { ($0.expertLoss, $0.distillation) = (.balancedSoftmax, RIDE.Distillation()) }
      .recipe(named: "x", for: data.classes)
    #expect(distilled.stages.map(\.name) == ["teacher", "experts", "router"])
    #expect(try distilled.usingFinishedStages(["experts": "file"]).stages.map(\.name) == ["experts", "router"])
    #expect(
      try distilled.usingFinishedStages(["teacher": "file"]).stages.map(\.name) == ["teacher", "experts", "router"])
    let two = try ClassBalancedDistillation { $0.teacherCount = 2 }.recipe(named: "x", for: data.classes)
    #expect(
      try two.usingFinishedStages(["teacher-2": "file"]).stages.map(\.name) == ["teacher-1", "teacher-2", "student"])
  }

  @Test func unfitStagesAreRefused() throws {
    let data = try Tiny.data()
    let recipe = try retraining(for: data)
    func expectRefused(_ name: String, of recipe: Recipe, saying text: String) {
      #expect { try recipe.usingFinishedStages([name: "file"]) } throws: { "\($0)".contains(text) }
    }
    expectRefused("feature", of: recipe, saying: "its stages are features, classifier")
    expectRefused("classifier", of: recipe, saying: "nothing is left to train")
    let breadcrumb = try Breadcrumb().recipe(named: "x", for: data.classes)
    expectRefused(breadcrumb.stages[0].name, of: breadcrumb, saying: "must be trained")
  }

  /// Files are checked before anything is trained.
  @Test func unfitCheckpointsAreRefused() throws {
    let data = try Tiny.data()
    let recipe = try retraining(for: data)
    func expectRefused(
      _ recipe: Recipe, _ path: String, classNames: [String] = data.classes.names, saying text: String
    ) {
      #expect {
        try recipe.usingFinishedStages(["features": path]).checkFinishedStages(classNames: classNames)
      } throws: {
        "\($0)".contains(text)
      }
    }
    try withRun(recipe, on: data) { store in
      let path = store.folder + "/00-features.safetensors"
      try recipe.usingFinishedStages(["features": path]).checkFinishedStages(classNames: data.classes.names)
      expectRefused(recipe, path, classNames: ["a", "b"], saying: "was trained on 4 classes")
      expectRefused(try retraining(for: data, head: .cosine), path, saying: "does not fit this model")
      var other = recipe
      other.preprocessing.normalization = Tiny.normalization
      expectRefused(other, path, saying: "other preprocessing")
      expectRefused(recipe, store.folder + "/none.safetensors", saying: "none.safetensors")
      #expect(throws: (any Error).self) {
        try Tiny.trainer(other.usingFinishedStages(["features": path]), on: data).run()
      }
    }
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      let stop = StopSignal()
      let watcher = Watcher { if case .interval(let progress, _) = $0, progress.step == 2 { stop.raise() } }
      #expect(throws: TrainingError.self) {
        try Tiny.trainer(recipe, on: data, store: store, observers: [watcher], stop: stop).run()
      }
      expectRefused(recipe, store.lastPath, saying: "had not ended")
    }
  }
}
