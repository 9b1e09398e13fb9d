import DataLoading
import Datasets
import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Failures are named, and do not damage what was saved before.
@Suite(.serialized) struct FailureTests {
  /// Cross-entropy that is not a number at one step.
  private struct Poisoned: Objective {
    let step: Int

    func terms(_ output: ModelOutput, _ batch: Batch, at context: StepContext) throws -> [LossTerm] {
      var terms = try CrossEntropyLoss().terms(output, batch, at: context)
      let poison = try Tensor(scalar: Float(0)).selected(where: context.step.differs(from: step), else: .nan)
      terms.append(LossTerm("poison", sum: try output.logits.sum() * poison, denominator: .count(1), weight: 0.5))
      return terms
    }
  }

  @Test func aLossThatIsNotFiniteStopsTheRun() throws {
    let data = try Tiny.data()
    let phases = [Phase(objective: Poisoned(step: 6), augmentation: .none)]
    let stage = try Tiny.stage(schedule: .factors([.init(.steps(6), 0.5), .init(.steps(7), 0.1)]), phases: phases)
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      // One reading per epoch: the step must be found although it is long past.
      var options = Tiny.options
      options.readingsPerEpoch = 1
      let trainer = try Tiny.trainer(Tiny.recipe([stage]), on: data, options: options, store: store)
      let error = #expect(throws: TrainingError.self) { try trainer.run() }
      #expect(
        error
          == .notFinite(
            stage: "joint", step: 6, epoch: 2, term: "poison", learningRate: 0.025, lastGood: store.lastPath))
      let text = error.map { "\($0)" } ?? ""
      for part in ["'poison'", "step 6", "epoch 2", "'joint'", "0.025", store.lastPath] { #expect(text.contains(part)) }
      let last = try #require(try store.last())
      #expect(last.position.step == 4)
      #expect(!last.position.isEndOfStage)
      for item in try last.model().state where item.tensor.dtype.isFloatingPoint {
        #expect(try item.tensor.isFinite().all().item() == 1)
      }
    }
  }

  /// A last step with a finite loss that leads to infinite weights must not be saved.
  @Test func weightsThatAreNotFiniteAreNotSaved() throws {
    let data = try Tiny.data()
    let stage = try Tiny.stage(length: .steps(1), learningRate: 1e38, schedule: .constant)
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      let error = #expect(throws: TrainingError.self) {
        try Tiny.trainer(Tiny.recipe([stage]), on: data, store: store).run()
      }
      guard case .notFinite(_, _, _, "weights", _, nil) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(store.lastPathIfPresent == nil)
    }
  }

  /// A checkpoint that cannot be written: its partial file is a folder, or its folder is read-only.
  @Test(arguments: ["blocked", "read-only"])
  func aCheckpointThatCannotBeWrittenLeavesTheOldOne(kind: String) throws {
    // The superuser may write everywhere.
    if kind == "read-only", geteuid() == 0 { return }
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage()])
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      var before: FileDigest?
      let saboteur = Watcher { event in
        guard case .saved = event, before == nil else { return }
        before = try FileDigest(of: store.lastPath)
        if kind == "blocked" {
          try FileManager.default.createDirectory(
            atPath: AtomicFile.partialPath(for: store.lastPath), withIntermediateDirectories: false)
        } else {
          try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        }
      }
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
      let trainer = try Tiny.trainer(recipe, on: data, store: store, observers: [saboteur])
      let error = #expect(throws: SerializationError.self) { try trainer.run() }
      #expect(error.map { "\($0)" }?.contains(store.lastPath) == true)
      #expect(try FileDigest(of: store.lastPath) == #require(before))
      #expect(try store.last()?.position.step == 4)
    }
  }

  /// `LONGTAIL_SMALL_DISK` names a folder on a file system that holds one checkpoint but not two.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LONGTAIL_SMALL_DISK"] != nil))
  func aFullDiskLeavesTheOldCheckpoint() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["LONGTAIL_SMALL_DISK"])
    let store = CheckpointStore(folder: folder)
    let trainer = try Tiny.trainer(Tiny.recipe([try Tiny.stage()]), on: Tiny.data(), store: store)
    let error = #expect(throws: SerializationError.self) { try trainer.run() }
    #expect(error == .cannotWrite(path: store.lastPath, reason: "No space left on device"))
    #expect(try store.last()?.position.step == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["last.safetensors"])
  }

  @Test func checkpointsOfOtherRunsAreRefused() throws {
    let data = try Tiny.data()
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      let stages = [try Tiny.stage(length: .steps(1))]
      try Tiny.trainer(Tiny.recipe(stages), on: data, store: store).run()
      func refusal(_ recipe: Recipe, _ data: TrainingData, seed: UInt64 = 5) throws -> String {
        let trainer = try Tiny.trainer(recipe, on: data, seed: seed, store: store)
        let error = #expect(throws: RecipeError.self) { try trainer.run() }
        return error.map { "\($0)" } ?? ""
      }
      let network = try refusal(Tiny.recipe(stages, backbone: "resnet32"), data)
      #expect(network.contains("resnet20 with a linear head"), "\(network)")
      #expect(network.contains("resnet32"), "\(network)")
      #expect(network.contains(store.lastPath))
      let head = try refusal(Tiny.recipe(stages, head: .cosine), data)
      #expect(head.contains("cosine head"), "\(head)")
      let seed = try refusal(Tiny.recipe(stages), data, seed: 6)
      #expect(seed.contains("seed 5, not 6"), "\(seed)")
      var other = data
      other.digest = "other"
      let digest = try refusal(Tiny.recipe(stages), other)
      #expect(digest.contains("the training data have changed"), "\(digest)")
      other.classes = try ClassDistribution(counts: data.classes.counts, names: ["a", "b", "c", "d"])
      let classes = try refusal(Tiny.recipe(stages), other)
      #expect(classes.contains("(a, b, c, …)"), "\(classes)")
      var longer = stages
      longer[0].emaDecay = 0.5
      let average = try refusal(Tiny.recipe(longer), data)
      #expect(average.contains("lacks the state 'average."), "\(average)")
    }
  }

  @Test func filesThatAreNoCheckpointsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "last.safetensors").path
      try Data("nothing".utf8).write(to: URL(filePath: path))
      #expect(throws: SerializationError.self) { try Checkpoint(path) }
      let layout = TensorLayout(name: "w", elementType: .uint8, shape: [1])
      try SafetensorsWriter.write(to: path, tensors: [StoredTensor(layout: layout, bytes: [1])])
      var error = #expect(throws: RecipeError.self) { try Checkpoint(path) }
      #expect(error.map { "\($0)" }?.contains("not a checkpoint of longtail") == true)
      for (metadata, part) in [
        (["format": "99"], "format 99"), (["format": "1"], "written in format 1 by an older longtail"),
        (["format": "3"], "'position'"), (["format": "3", "position": "[]"], "'position' cannot be read"),
      ] {
        try SafetensorsWriter.write(to: path, metadata: metadata, tensors: [layout], isSealed: true) {
          try [UInt8(1)].withUnsafeBytes($1)
        }
        error = #expect(throws: RecipeError.self) { try Checkpoint(path) }
        #expect(error.map { "\($0)" }?.contains(part) == true, "\(String(describing: error))")
      }
    }
  }

  @Test func recipesThatCannotRunAreRefused() throws {
    let data = try Tiny.data()
    func refusal(_ stage: Stage) throws -> String {
      let error = #expect(throws: RecipeError.self) { try Tiny.trainer(Tiny.recipe([stage]), on: data).run() }
      return error.map { "\($0)" } ?? ""
    }
    let late = Phase(from: .epochs(1), objective: try CrossEntropyLoss(), augmentation: .none)
    #expect(try refusal(Tiny.stage(phases: [late])).contains("a phase that begins at 0"))
    #expect(try refusal(Tiny.stage(batchSize: 0)).contains("batch size"))
    #expect(try refusal(Tiny.stage(training: .only(["tail"]))).contains("tail"))
    #expect(try refusal(Tiny.stage(length: .epochs(.max))).contains("100,000,000"))
    var stage = try Tiny.stage()
    stage.streams = []
    #expect(try refusal(stage).contains("a stream"))
    stage = try Tiny.stage()
    stage.updates[0].stream = "other"
    #expect(try refusal(stage).contains("'other'"))
    stage = try Tiny.stage()
    stage.updates[0].name = "head"
    #expect(try refusal(stage).contains("an objective for update 'head'"))
    stage = try Tiny.stage()
    stage.updates = []
    #expect(try refusal(stage).contains("an update"))
  }

  @Test func dataThatDoNotFitAreRefusedBeforeTraining() throws {
    var data = try Tiny.data()
    var recipe = Tiny.recipe([try Tiny.stage()])
    recipe.preprocessing.inputSize = 64
    #expect(throws: RecipeError.imageSize(expected: 64, actual: Tiny.inputSize)) { try Tiny.trainer(recipe, on: data) }
    let phases = [Phase(objective: try BalancedSoftmaxLoss(counts: [9, 9, 9, 0]), augmentation: .none)]
    #expect(throws: ObjectiveError.self) { try Tiny.trainer(Tiny.recipe([try Tiny.stage(phases: phases)]), on: data) }
    data.test = nil
    #expect(try Tiny.trainer(Tiny.recipe([try Tiny.stage(length: .steps(1))]), on: data).run() == nil)
  }
}
