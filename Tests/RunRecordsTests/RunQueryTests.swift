import Foundation
import RunRecords
import Serialization
import Testing

@Suite struct RunQueryTests {
  @Test func listsRunsAtAllLevels() throws {
    let folder = try TemporaryFolder()
    try Sample.finishedRun(at: folder.file("single"), metrics: Sample.metrics(seed: 7, accuracy: 0.5))
    for seed in [0, 2, 10] {
      try Sample.finishedRun(at: folder.file("b/seed-\(seed)"), metrics: Sample.metrics(seed: seed, accuracy: 0.25))
    }
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    let runs = try RunQuery.list(folder.path)
    #expect(runs.map(\.name) == ["b/seed-0", "b/seed-2", "b/seed-10", "single"])
    #expect(runs.map(\.status) == Array(repeating: .finished, count: 4))
    #expect(runs[3].values["accuracy"] == 0.5)
    #expect(runs[3].lastEpoch == 9)
    #expect(try RunQuery.list(folder.file("single")).map(\.name) == ["single"])
    #expect(throws: SerializationError.self) { try RunQuery.list(folder.file("missing")) }
  }

  @Test func tellsWhatBecameOfARun() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    try folder.write(Sample.environment(seed: 1))
    #expect(RunSummary(folder).status == .interrupted)
    let log = try LogWriter(folder.logPath)
    try log.append(.interval, step: 3, epoch: 0)
    #expect(RunSummary(folder).lastEpoch == 1)
    try log.append(.epoch, step: 5, epoch: 1)
    #expect(RunSummary(folder).lastEpoch == 1)
    try log.append(.interval, step: 7, epoch: 1)
    do {
      let lock = try RunLock(folder)
      #expect(RunSummary(folder).status == .running)
      withExtendedLifetime(lock) {}
    }
    #expect(RunSummary(folder).status == .interrupted)
    #expect(RunSummary(folder).lastEpoch == 2)
    #expect(RunSummary(folder).seed == 1)
    try log.append(.failed, step: 8, ["reason": "the loss is not finite"])
    #expect(RunSummary(folder).status == .failed)
  }

  /// Data without a test set give a run that is finished all the same; tables say why it has no numbers.
  @Test func aRunWithoutATestSetIsFinished() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    try folder.write(Sample.environment(seed: 1))
    let log = try LogWriter(folder.logPath)
    try log.append(.epoch, step: 8, epoch: 2, ["stage": "features"])
    try log.append(.stageEnded, step: 8, epoch: 0, ["stage": "normalised"])
    try log.append(.finished, step: 8)
    let summary = RunSummary(folder)
    #expect(summary.status == .finished)
    #expect(summary.isUnmeasured)
    #expect(summary.lastEpoch == 2)
    #expect(RunQuery.table([summary]).plainText.contains("a: trained to its end and not evaluated"))
    let error = #expect(throws: RunError.self) { try RunComparison([summary]) }
    #expect(error?.description.contains("train it with --hold-out") == true)
    // Metrics that are there and damaged are another matter.
    try AtomicFile.write("{", to: folder.metricsPath)
    #expect(!RunSummary(folder).isUnmeasured)
    #expect(RunSummary(folder).problems.count == 1)
  }

  /// A line with a value of each of thousands of classes is longer than what is usually read of the end.
  @Test(arguments: [10, 20_000, 200_000])
  func findsTheLastEpochBehindLongLines(values: Int) throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("a"))
    try folder.write(Sample.environment(seed: 1))
    let log = try LogWriter(folder.logPath)
    let numbers = JSONValue.array(Array(repeating: 0.25, count: values))
    for epoch in 1...3 { try log.append(.epoch, step: epoch, epoch: epoch, ["classWeights": numbers]) }
    #expect(RunSummary(folder).lastEpoch == 3)
  }

  @Test func aDamagedRunDoesNotHideTheOthers() throws {
    let temporary = try TemporaryFolder()
    try Sample.finishedRun(at: temporary.file("good"), metrics: Sample.metrics(seed: 0, accuracy: 0.5))
    let bad = try RunFolder.create(at: temporary.file("bad"))
    try AtomicFile.write("{", to: bad.environmentPath)
    let runs = try RunQuery.list(temporary.path)
    #expect(runs.map(\.name) == ["bad", "good"])
    #expect(runs[0].problems.count == 1)
    #expect(RunQuery.table(runs).plainText.contains("bad: \(bad.environmentPath), line 1"))
  }

  @Test func printsTheList() throws {
    let temporary = try TemporaryFolder()
    try Sample.finishedRun(
      at: temporary.file("a"), metrics: Sample.metrics(seed: 0, accuracy: 0.4186, selection: .test))
    #expect(
      RunQuery.table(try RunQuery.list(temporary.path)).plainText == """
        run  recipe       seed  status    epoch   all  many  medium   few  balanced  selection
        ---  -----------  ----  --------  -----  ----  ----  ------  ----  --------  ------------
        a    plain/cifar     0  finished      9  41.9     -       -  20.9         -  best ON TEST
        Shot groups, many: more than 100 training images; few: fewer than 20; medium: the rest.

        """)
  }

  // MARK: Comparison

  private func summaries(_ runs: [(recipe: String, seed: Int, accuracy: Double)]) throws -> [RunSummary] {
    let temporary = try TemporaryFolder()
    return try runs.enumerated().map { index, run in
      let path = temporary.file("run-\(index)")
      try Sample.finishedRun(
        at: path, metrics: Sample.metrics(recipe: run.recipe, seed: run.seed, accuracy: run.accuracy))
      return RunSummary(RunFolder(path))
    }
  }

  @Test func takesSeedsTogether() throws {
    let comparison = try RunComparison(
      summaries([("a", 0, 0.40), ("b", 0, 0.50), ("a", 1, 0.42), ("a", 2, 0.44)]))
    #expect(comparison.rows.map(\.recipe) == ["a", "b"])
    #expect(comparison.rows[0].seeds == [0, 1, 2])
    let a = try #require(comparison.rows[0].statistics["accuracy"])
    #expect(abs(a.mean - 0.42) < 1e-12)
    // Of 0.40, 0.42, 0.44 with n - 1: sqrt((0.0004 + 0 + 0.0004) / 2).
    #expect(abs((a.standardDeviation ?? 0) - 0.02) < 1e-12)
    #expect(a.difference == nil)
    let b = try #require(comparison.rows[1].statistics["accuracy"])
    #expect(b.standardDeviation == nil)
    #expect(abs((b.difference ?? 0) - 0.08) < 1e-12)
    #expect(
      comparison.table.plainText == """
        recipe  runs          all          few  selection
        ------  ----  -----------  -----------  ----------
        a          3   42.0 ± 2.0   21.0 ± 1.0  last epoch
        b          1  50.0 (+8.0)  25.0 (+4.0)  last epoch
        Shot groups, many: more than 100 training images; few: fewer than 20; medium: the rest.

        """)
  }

  @Test func refusesWhatSaysNothing() throws {
    #expect(throws: RunError.self) { try RunComparison([]) }
    let twice = try summaries([("a", 0, 0.4), ("a", 0, 0.5)])
    let error = #expect(throws: RunError.self) { try RunComparison(twice) }
    #expect(error?.description.contains("seed 0 of a is given twice") == true)
    let temporary = try TemporaryFolder()
    let unfinished = RunSummary(try RunFolder.create(at: temporary.file("a")))
    #expect(throws: RunError.self) { try RunComparison([unfinished]) }
  }

  @Test func saysWhenGroupsDiffer() throws {
    let temporary = try TemporaryFolder()
    for (seed, limit) in [20, 30].enumerated() {
      var metrics = Sample.metrics(seed: seed, accuracy: 0.5)
      metrics.shotLimits = ShotLimits(manyAbove: 100, fewBelow: limit)
      try Sample.finishedRun(at: temporary.file("\(seed)"), metrics: metrics)
    }
    let runs = try RunQuery.list(temporary.path)
    #expect(RunQuery.table(runs).notes.count == 1)
    #expect(try RunComparison(runs).table.plainText.contains("the groups are not comparable"))
  }

  @Test func saysWhenTheTestSetChose() throws {
    let temporary = try TemporaryFolder()
    for (name, rule) in [("a", SelectionRule.last), ("b", .test)] {
      try Sample.finishedRun(at: temporary.file(name), metrics: Sample.metrics(seed: 0, accuracy: 0.5, selection: rule))
    }
    let comparison = try RunComparison(RunQuery.list(temporary.path))
    #expect(comparison.rows.count == 2)
    #expect(comparison.table.plainText.contains("best ON TEST"))
    #expect(comparison.table.markdown.contains("they are not comparable"))
  }
}
