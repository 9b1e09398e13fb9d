import Foundation
import ImageCodecs
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import RunRecords
import Runs
import Serialization
import Testing
import TrainingTestSupport

/// A run is resumed with the settings, data and files that it began with, or not at all; a refused resume changes nothing.
@Suite(.serialized) struct TamperingTests {
  // MARK: Runs

  /// Three folders of small images that all differ, but whose files have the same size.
  private func makeData(at folder: URL) throws {
    for (label, count) in [5, 4, 3].enumerated() {
      let place = folder.appending(path: "class-\(label)")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for index in 0..<count { try Data(image(label, index)).write(to: place.appending(path: "\(index).png")) }
    }
  }

  private func image(_ label: Int, _ index: Int) throws -> [UInt8] {
    let color = RGBColor(red: UInt8(40 + 60 * label), green: UInt8(50 + 20 * index), blue: 90)
    let bytes = try ImageCodec.encodePNG(PixelImage(width: 32, height: 32, color: color))
    // What follows the end of a PNG is not part of the image.
    return bytes + [UInt8](repeating: 0, count: 200 - bytes.count)
  }

  private func begin(
    _ path: String, data: URL, seed: UInt64 = 1, changing assignments: [String] = [],
    _ change: (inout RunOptions) -> Void = { _ in }
  ) throws -> RecordedRun {
    let usual = [
      "model.inputSize=32", "model.backbone=resnet20", "training.length='2 steps'", "training.batchSize=4",
      "training.warmupEpochs=0",
    ]
    var options = RunOptions {
      $0.seed = seed
      ($0.data.path, $0.data.holdOut) = (data.path, 0.3)
      ($0.compute.device, $0.compute.precision) = ("cpu", "float32")
    }
    change(&options)
    let recipe = try RecipeRegistry.recipe(named: "cross-entropy/own")
    return try RecordedRun.begin(
      RunConfiguration(options, recipe: recipe, folder: path) { tree in
        for assignment in usual + assignments { try tree.apply(assignment: assignment) }
      })
  }

  /// Trains one step and stops.
  private func stopEarly(_ run: RecordedRun) throws {
    let stop = StopSignal()
    stop.raise()
    #expect(throws: TrainingError.self) { try run.train(stop: stop) }
  }

  private func withStoppedRun(_ body: (_ path: String, _ data: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try makeData(at: data)
      let path = folder.appending(path: "run").path
      try stopEarly(try begin(path, data: data))
      try body(path, data)
    }
  }

  /// The bytes of every file below a folder.
  private func contents(_ path: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path)
    return try names.reduce(into: [:]) { files, name in
      var isFolder: ObjCBool = false
      let place = path + "/" + name
      guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), !isFolder.boolValue else { return }
      files[name] = try Data(contentsOf: URL(filePath: place))
    }
  }

  /// Expects that the run cannot be resumed, that the message has these parts, and that the folder stays as it is.
  private func expectRefusal(
    _ path: String, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try contents(path)
    let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
      try RecordedRun.reopen(path).train()
    }
    let text = error.map { "\($0)" } ?? ""
    for part in parts { #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation) }
    #expect(try contents(path) == before, sourceLocation: sourceLocation)
  }

  // MARK: Checkpoints

  /// A thousand random bits of a checkpoint, one at a time.
  @Test func everyFlippedBitIsRefused() throws {
    try withStoppedRun { path, _ in
      let checkpoint = RunFolder(path).lastCheckpointPath
      _ = try Checkpoint(checkpoint)
      let size = try Data(contentsOf: URL(filePath: checkpoint)).count
      let handle = try FileHandle(forUpdating: URL(filePath: checkpoint))
      var generator = SeededGenerator(seed: 8)
      var accepted: [Int] = []
      for _ in 0..<1000 {
        let bit = Int.random(in: 0..<size * 8, using: &generator)
        func flip() throws {
          try handle.seek(toOffset: UInt64(bit / 8))
          let byte = try #require(try handle.read(upToCount: 1)?.first)
          try handle.seek(toOffset: UInt64(bit / 8))
          try handle.write(contentsOf: [byte ^ (1 << UInt8(bit % 8))])
        }
        try flip()
        if (try? Checkpoint(checkpoint)) != nil { accepted.append(bit) }
        try flip()
      }
      #expect(accepted.isEmpty)
      _ = try Checkpoint(checkpoint)
    }
  }

  /// Checkpoints of runs of the same network and data, which differ in a setting, in their length, or in nothing but the run's identifier.
  @Test(arguments: [
    (["training.learningRate=0.07"], "training.learningRate: 0.07 there"),
    (["training.length='3 steps'"], "training.length"),
    (["training.optimizer.momentum=0.5"], "training.optimizer.momentum: 0.5 there"),
    ([], "started with the same settings"),
  ])
  func checkpointsOfOtherRunsAreRefused(assignments: [String], part: String) throws {
    try withStoppedRun { path, data in
      let other = path + "-other"
      try stopEarly(try begin(other, data: data, changing: assignments))
      try FileManager.default.removeItem(atPath: RunFolder(path).lastCheckpointPath)
      try FileManager.default.copyItem(
        atPath: RunFolder(other).lastCheckpointPath, toPath: RunFolder(path).lastCheckpointPath)
      try expectRefusal(path, "belongs to another run", part)
    }
  }

  @Test func checkpointsOfOtherLossesAndSeedsAreRefused() throws {
    try withStoppedRun { path, data in
      let changes: [((inout RunOptions) -> Void, String)] = [
        ({ $0.objective = .balancedSoftmax }, "objective: balanced-softmax there, nothing here"),
        ({ $0.seed = 2 }, "seed: 2 there, 1 here"), ({ $0.compute.kernels = "plain" }, "kernels: plain there"),
        ({ $0.data.holdOut = 0.4 }, "hold-out: 0.4 there, 0.3 here"),
      ]
      for (number, (change, part)) in changes.enumerated() {
        let other = "\(path)-\(number)"
        try stopEarly(try begin(other, data: data, change))
        try Data(contentsOf: URL(filePath: RunFolder(other).lastCheckpointPath))
          .write(to: URL(filePath: RunFolder(path).lastCheckpointPath))
        try expectRefusal(path, "belongs to another run", part)
      }
    }
  }

  // MARK: Recipe and choices

  @Test func anEditedRecipeIsRefused() throws {
    try withStoppedRun { path, _ in
      let recipe = RunFolder(path).recipePath
      let sound = try String(contentsOfFile: recipe, encoding: .utf8)
      let edits: [(String) -> String] = [
        { _ in "" }, { String($0.prefix($0.count / 2)) }, { $0 + "\n" }, { "# a comment\n" + $0 },
        { $0.replacingOccurrences(of: "batchSize: 4", with: "batchSize: 2") },
        { $0.split(separator: "\n").filter { !$0.contains("learningRate") }.joined(separator: "\n") },
      ]
      for edit in edits {
        let text = edit(sound)
        #expect(text != sound)
        try text.write(toFile: recipe, atomically: true, encoding: .utf8)
        try expectRefusal(path, recipe, "changed since the run began", "--config")
      }
      try FileManager.default.removeItem(atPath: recipe)
      try expectRefusal(path, recipe)
      try sound.write(toFile: recipe, atomically: true, encoding: .utf8)
      #expect(try RecordedRun.reopen(path).train() != nil)
    }
  }

  @Test func editedChoicesAreRefused() throws {
    try withStoppedRun { path, data in
      let file = RunFolder(path).launchPath
      let sound = try JSONFile.read(RunOptions.self, from: file)
      let edits: [(inout RunOptions) -> Void] = [
        { $0.seed = 7 }, { $0.objective = .focal }, { $0.data.holdOut = 0 }, { $0.compute.precision = "bfloat16" },
        { $0.data.skipsUnreadable = true },
      ]
      for edit in edits {
        var options = sound
        edit(&options)
        try JSONFile.write(options, to: file)
        try expectRefusal(path, file, "changed since the run began")
      }
      var older = sound
      older.record = nil
      try JSONFile.write(older, to: file)
      try expectRefusal(path, "written in format 1 of run folders by an older longtail", "train the run again")
      // The location of the data and the number of loader threads may change.
      let moved = data.deletingLastPathComponent().appending(path: "moved")
      try FileManager.default.moveItem(at: data, to: moved)
      var options = sound
      (options.data.path, options.data.storage.workers) = (moved.path, 2)
      try JSONFile.write(options, to: file)
      #expect(try RecordedRun.reopen(path).train() != nil)
    }
  }

  // MARK: Data

  @Test func replacedAndSwappedImagesAreRefused() throws {
    try withStoppedRun { path, data in
      func file(_ label: Int, _ index: Int) -> URL { data.appending(path: "class-\(label)/\(index).png") }
      let edits: [() throws -> Void] = [
        { try Data(image(2, 9)).write(to: file(0, 1)) },
        {
          let (one, other) = (try Data(contentsOf: file(0, 0)), try Data(contentsOf: file(1, 0)))
          try other.write(to: file(0, 0))
          try one.write(to: file(1, 0))
        },
        {
          // One bit, with size and time restored.
          let times = try FileManager.default.attributesOfItem(atPath: file(1, 2).path)[.modificationDate]
          var bytes = try Data(contentsOf: file(1, 2))
          bytes[199] = 1
          try bytes.write(to: file(1, 2))
          try FileManager.default.setAttributes([.modificationDate: times as Any], ofItemAtPath: file(1, 2).path)
        },
      ]
      for edit in edits {
        try edit()
        try expectRefusal(path, "the training data have changed")
        try makeData(at: data)
      }
      #expect(try RecordedRun.reopen(path).train() != nil)
    }
  }

  /// Pretrained weights are compared by content as well.
  @Test func replacedWeightsAreRefused() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try makeData(at: data)
      let first = try begin(folder.appending(path: "first").path, data: data)
      try stopEarly(first)
      let weights = folder.appending(path: "weights.safetensors")
      try FileManager.default.copyItem(atPath: first.folder.lastCheckpointPath, toPath: weights.path)
      let path = folder.appending(path: "run").path
      _ = try begin(path, data: data) { $0.weights = weights.path }
      let other = try begin(folder.appending(path: "other").path, data: data, seed: 4)
      try stopEarly(other)
      try Data(contentsOf: URL(filePath: other.folder.lastCheckpointPath)).write(to: weights)
      try expectRefusal(path, weights.path, "the file has changed since the run")
    }
  }

  // MARK: Kills

  private struct Kill: Error {}

  /// When a run is killed between the save at the end of the stage and its own end, its log has each event once.
  @Test(arguments: ["saved", "evaluated", "stageEnded"])
  func eventsStandOnceInTheLog(moment: String) throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try makeData(at: data)
      let path = folder.appending(path: "run").path
      let killer = Watcher { event in
        switch event {
        case .saved where moment == "saved", .evaluated where moment == "evaluated",
          .stageEnded where moment == "stageEnded":
          throw Kill()
        default: break
        }
      }
      do {
        let run = try begin(path, data: data)
        #expect(throws: Kill.self) { try run.train(observers: [killer]) }
      }
      try RecordedRun.reopen(path).train()
      let events = try LogFile.entries(RunFolder(path).logPath).compactMap { $0["event"]?.stringValue }
      for event in ["started", "evaluation", "stageEnded", "resumed", "finished"] {
        #expect(events.count { $0 == event } == 1, "\(events)")
      }
      let again = try RecordedRun.reopen(path)
      #expect(again.isFinished)
    }
  }

  @Test func aRunWithoutTestSetIsFinished() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try makeData(at: data)
      let path = folder.appending(path: "run").path
      let run = try begin(path, data: data) { $0.data.holdOut = 0 }
      #expect(!run.isFinished)
      #expect(try run.train() == nil)
      #expect(run.isFinished)
    }
  }
}
