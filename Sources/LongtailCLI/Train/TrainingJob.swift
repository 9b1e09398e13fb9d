import Foundation
import Longtail
import Serialization

/// What `train` does once its arguments are resolved: one run or several, with progress, signals and a result.
struct TrainingJob {
  private let command: TrainCommand

  init(_ command: TrainCommand) { self.command = command }

  func start(_ configuration: RunConfiguration, seeds: [UInt64]?) throws {
    let folder = RunFolder(configuration.folder)
    try folder.checkIsFree()
    let data = try Preflight(configuration, notice: notice).prepareData()
    guard let seeds else {
      return try finish(train([RecordedRun.begin(configuration)], on: data), path: configuration.folder)
    }
    // All folders exist before the first run begins, so that a resume knows every seed; until then the group has a lock of its own.
    let runs = try withExtendedLifetime(folder.startGroup()) {
      try seeds.map { seed in
        try RecordedRun.begin(configuration.seeded(seed, folder: folder.seedFolder(Int(clamping: seed)).path))
      }
    }
    try finish(train(runs, on: data), path: configuration.folder)
  }

  func resume(_ path: String) throws {
    let folders = RunFolder(path).seedFolders
    let runs = folders.isEmpty ? [path] : folders.map(\.path)
    let reopened = try runs.map { try RecordedRun.reopen($0, workers: command.workers) }
    try ResumedOptions(command, path: path).check(reopened)
    var unfinished: [RecordedRun] = []
    for run in reopened {
      let path = run.folder.path
      if run.isFinished {
        try writeMissingReport(of: run.folder, recipe: run.recipe.name)
        say("\(path): finished already; 'longtail eval \(path)' evaluates it again")
        continue
      }
      try restoreThreads(run)
      unfinished.append(run)
    }
    let outcomes = try train(unfinished)
    if !outcomes.isEmpty { try finish(outcomes, path: path) }
    if folders.count > 1, let first = reopened.first {
      try writeMissingReport(of: RunFolder(path), recipe: first.recipe.name)
    }
  }

  /// Writes a finished run's report when it is missing, as after a kill between the last evaluation and the report.
  private func writeMissingReport(of folder: RunFolder, recipe: String) throws {
    guard !FileManager.default.fileExists(atPath: folder.reportPath) else { return }
    guard try RunReport.write(of: folder, title: recipe) else { return }
    say("\(folder.reportPath): the report was missing and has been made")
  }

  private func train(_ runs: [RecordedRun], on data: TrainingData? = nil) throws -> [SeedTraining.Outcome] {
    let isGroup = runs.count > 1
    return try SeedTraining(
      atOnce: command.atOnce, isQuiet: command.quiet, name: { $0.folder.name },
      advice: { run in
        let path = run.folder.path
        let group = isGroup ? URL(fileURLWithPath: path).deletingLastPathComponent().path : path
        return "resume with: longtail train --resume \(group)"
      }, notice: notice
    ).train(runs, on: data)
  }

  /// Another number of threads sums in another order, so the bits would differ from an uninterrupted run's.
  private func restoreThreads(_ run: RecordedRun) throws {
    let recorded = try run.folder.readEnvironment().threads
    guard recorded != Engine.threadCount else { return }
    if recorded <= ProcessInfo.processInfo.activeProcessorCount {
      try Engine.setThreadCount(recorded)
    } else {
      say(
        "note: the run was started with \(recorded) threads, this machine has "
          + "\(ProcessInfo.processInfo.activeProcessorCount): the result will differ in its last bits")
    }
  }

  private func finish(_ outcomes: [SeedTraining.Outcome], path: String) throws {
    let folder = RunFolder(path)
    // A resumed group may have trained only some of its seeds now; all are shown and compared.
    let seeds = folder.seedFolders
    for outcome in outcomes { try RunReport.write(of: outcome.run.folder, title: outcome.run.recipe.name) }
    if !seeds.isEmpty, let first = outcomes.first { try RunReport.write(of: folder, title: first.run.recipe.name) }
    let summaries = (seeds.isEmpty ? outcomes.map(\.run.folder) : seeds).map { RunSummary($0) }
    if command.json { return Console.output(try JSONValue(encoding: summaries).indentedText) }
    let report = FileManager.default.fileExists(atPath: folder.reportPath) ? "   report: \(folder.reportPath)" : ""
    guard summaries.contains(where: { !$0.values.isEmpty }) else {
      return Console.output("training finished, not evaluated: the data have no test set\nrun: \(path)\(report)")
    }
    let isComparable = summaries.count > 1 && summaries.allSatisfy { !$0.values.isEmpty }
    let table = try isComparable ? RunComparison(summaries).table : RunQuery.table(summaries)
    Console.output(table.plainText)
    Console.output("run: \(path)\(report)")
  }

  private func say(_ text: String) { notice?(text) }

  /// Where notes go; they may come from other threads.
  private var notice: (@Sendable (String) -> Void)? {
    guard !command.quiet else { return nil }
    return { @Sendable text in Console.error(text) }
  }
}
