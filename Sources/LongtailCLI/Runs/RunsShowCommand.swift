import ArgumentParser
import Longtail

/// Everything that is known about a run.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: what it was, what came of it, its best and worst classes.")

  @Argument(help: ArgumentHelp("The folder of the run, or its name in runs/.", valueName: "RUN"))
  var name: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    let folder = try RunFolder.open(at: RunLocation.path(of: name))
    let runs = folder.isRun ? [RunDetails(folder)] : folder.seedFolders.map(RunDetails.init)
    if json {
      if folder.isRun, let only = runs.first { return try Console.output(json: only) }
      return try Console.output(json: runs)
    }
    if runs.count > 1 || !folder.isRun { Console.output(try Self.seedText(runs.map(\.summary)) + "\n") }
    Console.output(runs.map(\.text).joined(separator: "\n\n"))
  }

  /// The seeds side by side and, when all have ended, their mean.
  private static func seedText(_ summaries: [RunSummary]) throws -> String {
    let list = RunQuery.table(summaries).plainText
    guard summaries.count > 1, summaries.allSatisfy({ !$0.values.isEmpty }) else { return list }
    return list + "\n" + (try RunComparison(summaries).table.plainText)
  }
}
