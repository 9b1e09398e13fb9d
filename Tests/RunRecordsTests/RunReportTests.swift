import Foundation
import LongtailTestSupport
import ModelEvaluation
import RunRecords
import RunReports
import Testing

/// Reports from run folders.
@Suite struct RunReportTests {
  private func makeRun(at path: String, recipe: String, seed: Int, accuracy: Double) throws {
    try Sample.finishedRun(at: path, metrics: Sample.metrics(recipe: recipe, seed: seed, accuracy: accuracy))
    let folder = RunFolder(path)
    var metrics = try folder.readMetrics()
    metrics.details = ["classNames": ["cat", "dog"]]
    metrics.confusion = try ConfusionMatrix(rows: [[3, 1], [2, 2]])
    try folder.write(metrics)
    try folder.write([
      ClassRecord(index: 0, name: "cat", trainingCount: 200, shotGroup: "many", evaluatedCount: 4, accuracy: 0.75),
      ClassRecord(index: 1, name: "dog", trainingCount: 5, shotGroup: "few", evaluatedCount: 4, accuracy: accuracy),
    ])
    let log = try LogWriter(folder.logPath)
    for epoch in 1...3 {
      try log.append(.epoch, step: 200 + epoch, epoch: epoch, ["loss": .number(1 / Double(epoch)), "accuracy": 0.5])
    }
  }

  @Test func makesAPageFromRuns() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "plain/x", seed: 0, accuracy: 0.2)
    for seed in 0..<3 {
      try makeRun(
        at: folder.file("b/seed-\(seed)"), recipe: "balanced/x", seed: seed, accuracy: 0.5 + Double(seed) / 10)
    }
    let methods = [RunReport.Method(RunFolder(folder.file("a"))), RunReport.Method(RunFolder(folder.file("b")))]
    #expect(methods.map(\.name) == ["plain/x", "balanced/x"])
    let page = try RunReport.page(methods, title: "Comparison")
    #expect(page.sections.count == 4)
    #expect(page.html.contains(">60.0<small>± 10.0 · +40.0</small>"))
    #expect(page.html.contains("mean of 3 seeds, last epoch"))
    #expect(page.html.contains("many: more than 100 training images"))
    page.expectWellFormed()
    let path = folder.file("report.html")
    try page.write(to: path)
    #expect(try text(of: path) == page.html)
  }

  /// Epochs of a second stage come after those of the first, and no line leads back.
  @Test func stagesFollowEachOther() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "two/x", seed: 0, accuracy: 0.2)
    let path = RunFolder(folder.file("a")).logPath
    try FileManager.default.removeItem(atPath: path)
    let log = try LogWriter(path)
    for (stage, epochs) in [("features", 3), ("classifier", 2)] {
      for epoch in 1...epochs {
        try log.append(
          .epoch, step: epoch, epoch: epoch,
          ["stage": .string(stage), "loss": 1, "curves": ["gate": [.number(Double(epoch)), 1]]])
      }
    }
    let entries = try LogFile.entries(path)
    var counter = EpochCounter()
    #expect(entries.compactMap { counter.position(of: $0)?.runEpoch } == [1, 2, 3, 4, 5])
    let page = try RunReport.page([RunReport.Method(RunFolder(folder.file("a")))], title: "x")
    #expect(page.html.contains("gate, epoch 1"))
    #expect(page.html.contains("gate, epoch 5"))
    page.expectWellFormed()
  }

  /// A run without a test set has a page with its training.
  @Test func aRunWithoutMetricsHasAPage() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder.create(at: folder.file("a"))
    try run.write(Sample.environment(seed: 3))
    #expect(throws: RunError.self) { try RunReport.page([RunReport.Method(run)], title: "x") }
    let log = try LogWriter(run.logPath)
    try log.append(.epoch, step: 4, epoch: 1, ["loss": 0.5])
    #expect(try RunReport.page([RunReport.Method(run)], title: "x").html.contains("a: interrupted"))
    try log.append(.finished, step: 4)
    let page = try RunReport.page([RunReport.Method(run)], title: "x")
    #expect(page.html.contains("has no test set") || page.html.contains("have no test set"))
    #expect(page.html.contains("<td>0.500</td><td>epoch 1</td>"))
    page.expectWellFormed()
  }

  /// The first and the last reading of what a sampler has learned about each class.
  @Test func drawsLearnedSamplingProbabilities() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "learned/x", seed: 0, accuracy: 0.2)
    let plain = try RunReport.page([RunReport.Method(RunFolder(folder.file("a")))], title: "x")
    #expect(!plain.html.contains("Learned sampling probabilities"))
    let log = try LogWriter(RunFolder(folder.file("a")).logPath)
    for (epoch, rates) in [(3, [0.5, 0.5]), (4, [0.4, 0.6]), (5, [0.25, 0.75])] {
      try log.append(
        .epoch, step: 300 + epoch, epoch: epoch, ["loss": 1, "classProbabilities": .array(rates.map { .number($0) })])
    }
    let page = try RunReport.page([RunReport.Method(RunFolder(folder.file("a")))], title: "x")
    #expect(page.html.contains("Learned sampling probabilities"))
    #expect(page.html.contains("dog, 5 training images, epoch 3: 50"))
    #expect(page.html.contains("dog, 5 training images, epoch 5: 75"))
    #expect(!page.html.contains("epoch 4: 60"))
    page.expectWellFormed()
  }

  @Test func refusesToCompareDifferentClasses() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "plain/x", seed: 0, accuracy: 0.2)
    try makeRun(at: folder.file("b"), recipe: "other/x", seed: 0, accuracy: 0.2)
    try RunFolder(folder.file("b")).write([
      ClassRecord(index: 0, name: "cow", trainingCount: 1, shotGroup: "few", evaluatedCount: 1, accuracy: 1)
    ])
    let methods = ["a", "b"].map { RunReport.Method(RunFolder(folder.file($0))) }
    #expect(throws: RunError.self) { try RunReport.page(methods, title: "x") }
    #expect(throws: RunError.self) { try RunReport.page([], title: "x") }
  }
}
