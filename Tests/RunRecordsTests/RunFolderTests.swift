import Foundation
import RunRecords
import Serialization
import Testing

@Suite struct RunFolderTests {
  @Test func laysOutTheFolder() {
    let folder = RunFolder("runs/a/")
    #expect(folder.path == "runs/a")
    #expect(folder.name == "a")
    #expect(folder.lastCheckpointPath == "runs/a/checkpoints/last.safetensors")
    #expect(folder.stageCheckpointPath(index: 0, name: "joint") == "runs/a/checkpoints/00-joint.safetensors")
    #expect(folder.stageCheckpointPath(index: 12, name: "../é b") == "runs/a/checkpoints/12------b.safetensors")
    #expect(folder.seedFolder(2).metricsPath == "runs/a/seed-2/metrics.json")
  }

  @Test func refusesAFolderWithSomethingInIt() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a/b"))
    #expect(FileManager.default.fileExists(atPath: folder.checkpointsPath))
    let error = #expect(throws: RunError.self) { try RunFolder.create(at: folder.path) }
    #expect(error?.description.contains("the folder is not empty; name another one, or resume") == true)
    #expect(throws: RunError.notARun(path: folder.path)) { try RunFolder.open(at: folder.path) }
    #expect(throws: SerializationError.self) { try RunFolder.create(at: temporary.write("x", to: "file") + "/run") }
  }

  @Test func takesAnEmptyFolder() throws {
    let temporary = try TemporaryFolder()
    #expect(try RunFolder.create(at: temporary.path).path == temporary.path)
  }

  @Test func opensWhatHoldsARun() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    for seed in [10, 2] {
      try RunFolder.create(at: folder.seedFolder(seed).path).write(Sample.environment(seed: seed))
    }
    #expect(try RunFolder.open(at: folder.path).seedFolders.map(\.name) == ["seed-2", "seed-10"])
    #expect(try RunFolder.open(at: folder.seedFolder(2).path).readEnvironment().seed == 2)
  }

  @Test func writesAndReadsItsFiles() throws {
    let folder = try RunFolder.create(at: try TemporaryFolder().path)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let environment = Sample.environment(seed: 3)
    try folder.write(environment)
    #expect(try folder.readEnvironment() == environment)
    let metrics = Sample.metrics(seed: 3, accuracy: 0.25)
    try folder.write(metrics)
    #expect(try folder.readMetrics() == metrics)
    let classes = [
      ClassRecord(
        index: 0, name: "a, \"b\"\nc", trainingCount: 500, shotGroup: "many", evaluatedCount: 10, accuracy: 0.5),
      ClassRecord(index: 1, name: "", trainingCount: 0, shotGroup: "few", evaluatedCount: 0, accuracy: nil),
    ]
    try folder.write(classes)
    #expect(try folder.readClasses() == classes)
    try folder.write([PredictionRecord(index: 0, path: "a,b.png", label: "x", prediction: "y", confidence: 0.5)])
    #expect(try folder.readPredictions().map(\.path) == ["a,b.png"])
    #expect(
      try text(of: folder.predictionsPath) == "index,path,label,prediction,confidence\n0,\"a,b.png\",x,y,0.5\n")
  }

  /// Metrics of experts are kept; files of networks with one, and older files, have none.
  @Test func keepsWhatExpertsDid() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    var metrics = Sample.metrics(seed: 0, accuracy: 0.5)
    try folder.write(metrics)
    #expect(try folder.readMetrics().experts == nil)
    let lines = try text(of: folder.metricsPath).split(separator: "\n").filter { !$0.contains("\"experts\"") }
    try AtomicFile.write(lines.joined(separator: "\n"), to: folder.metricsPath)
    #expect(try folder.readMetrics() == metrics)
    metrics.experts = try Sample.experts()
    try folder.write(metrics)
    #expect(try folder.readMetrics() == metrics)
  }

  @Test func refusesDamagedPredictions() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    for content in ["index,path\n", "index,path,label,prediction,confidence\nx,,a,b,0.5\n"] {
      try AtomicFile.write(content, to: folder.predictionsPath)
      #expect(throws: SerializationError.self) { try folder.readPredictions() }
    }
  }

  @Test(arguments: [nil, 2, 4]) func refusesFoldersOfOtherFormats(format: Int?) throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    try AtomicFile.write("recipe: a/b\n", to: folder.recipePath)
    #expect(throws: Never.self) { try RunFolder.open(at: folder.path) }
    let record: JSONValue = format.map { ["format": .integer($0)] } ?? .null
    try JSONFile.write(["record": record] as JSONValue, to: folder.launchPath)
    #expect(throws: RunError.otherFormat(path: folder.path, format: format)) { try RunFolder.open(at: folder.path) }
    let text = "\(RunError.otherFormat(path: "a", format: format))"
    #expect(text.contains("written in format \(format ?? 1) of run folders"))
    #expect(text.contains(format == 4 ? "use a newer longtail" : "train the run again"))
  }

  @Test func refusesMetricsOfOtherFormats() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    var metrics = Sample.metrics(seed: 0, accuracy: 0.5)
    for format in [2, 4] {
      metrics.format = format
      try folder.write(metrics)
      #expect(throws: RunError.otherFormat(path: folder.metricsPath, format: format)) { try folder.readMetrics() }
    }
    try AtomicFile.write("{\n\"format\": ", to: folder.metricsPath)
    #expect(
      throws: SerializationError.malformed(
        path: folder.metricsPath, place: "line 2, column 11", reason: "expected a value, found the end")
    ) {
      try folder.readMetrics()
    }
    try AtomicFile.write("{\"format\": 3, \"recipe\": 5}", to: folder.metricsPath)
    #expect(
      throws: SerializationError.malformed(
        path: folder.metricsPath, reason: "'recipe': expected text (put it in quotes), found the integer 5")
    ) { try folder.readMetrics() }
  }

  // MARK: Start

  /// Every moment at which a process may be killed while it makes the folder of a run leaves what a new run may use.
  @Test func takesTheFolderOfAnInterruptedStart() throws {
    let temporary = try TemporaryFolder()
    let parts = ["run.lock", "checkpoints/", "recipe.yaml.partial-2147483647", "recipe.yaml", "environment.json"]
    for count in 1...parts.count {
      let path = temporary.file("run-\(count)")
      for part in parts.prefix(count) {
        let place = "\(path)/\(part)"
        let folder = part.hasSuffix("/") ? place : path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if !part.hasSuffix("/") { try AtomicFile.write("half", to: place) }
      }
      #expect(RunFolder(path).isInterruptedStart, "\(count)")
      let error = #expect(throws: RunError.self) { try RunFolder.open(at: path) }
      #expect(error?.description.contains("was interrupted before anything was trained; start it anew") == true)
      let lock = try RunFolder(path).startRun()
      let left = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(left == ["checkpoints", "run.lock"])
      withExtendedLifetime(lock) {}
    }
  }

  /// Seeds of a group whose last folder is missing, and what is no start: a run, somebody's files, a folder without a lock.
  @Test func tellsAnInterruptedStartFromRunsAndFiles() throws {
    let temporary = try TemporaryFolder()
    for (name, files, isStart) in [
      ("group", ["run.lock", "seed-0/recipe.yaml", "seed-0/run.json", "seed-1/run.lock"], true),
      ("trained group", ["run.lock", "seed-0/run.json", "seed-0/log.jsonl"], false),
      ("run", ["run.lock", "recipe.yaml", "environment.json", "run.json"], false),
      ("notes", ["run.lock", "recipe.yaml", "notes.txt"], false),
      ("recipe", ["recipe.yaml"], false),
      ("checkpoint", ["run.lock", "checkpoints/last.safetensors"], false),
    ] {
      let folder = RunFolder(temporary.file(name))
      for file in files {
        let place = "\(folder.path)/\(file)"
        try FileManager.default.createDirectory(
          atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try AtomicFile.write("x", to: place)
      }
      #expect(folder.isInterruptedStart == isStart, "\(name)")
      if isStart {
        try folder.checkIsFree()
      } else {
        #expect(throws: RunError.folderNotEmpty(path: folder.path)) { try folder.checkIsFree() }
        #expect(throws: RunError.folderNotEmpty(path: folder.path)) { try folder.startGroup() }
      }
    }
  }

  @Test func refusesAnEmptyPath() throws {
    for make in [{ try RunFolder.create(at: "").path }, { "\(try RunFolder("").startRun())" }] {
      let error = #expect(throws: RunError.self) { try make() }
      #expect(error?.description.contains("path of the run's folder is empty") == true)
    }
  }

  // MARK: Lock

  @Test func oneWriterAtATime() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    #expect(!RunLock.isHeld(folder))
    do {
      let lock = try RunLock(folder)
      #expect(RunLock.isHeld(folder))
      let error = #expect(throws: RunError.self) { try RunLock(folder) }
      #expect(error == .locked(path: folder.path, process: "process \(ProcessInfo.processInfo.processIdentifier)"))
      withExtendedLifetime(lock) {}
    }
    #expect(!RunLock.isHeld(folder))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/run.lock"))
    _ = try RunLock(folder)
  }

  @Test func takesOverWhatADeadProcessLeft() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    try AtomicFile.write("2147483647\n", to: folder.path + "/run.lock")
    try AtomicFile.write("half", to: folder.lastCheckpointPath + ".partial-2147483647")
    #expect(!RunLock.isHeld(folder))
    let lock = try RunLock(folder)
    #expect(RunLock.isHeld(folder))
    // A resume that is refused leaves the folder as it was; what is half goes when the run goes on.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.checkpointsPath).count == 1)
    withExtendedLifetime(lock) {}
  }
}
