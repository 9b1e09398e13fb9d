import ArgumentParser
import Longtail

/// The `runs show` command.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: its settings, results, best and worst classes.")

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
    Console.output(folder.isRun ? runs.map(\.text).joined(separator: "\n\n") : try Self.seedText(runs.map(\.summary)))
  }

  /// The seeds side by side and, when all have ended, their mean.
  private static func seedText(_ summaries: [RunSummary]) throws -> String {
    var parts = [RunQuery.table(summaries).plainText]
    if summaries.count > 1, summaries.allSatisfy({ !$0.values.isEmpty }) {
      parts.append(try RunComparison(summaries).table.plainText)
    }
    parts += summaries.prefix(1).map { "details: longtail runs show \($0.path)" }
    return parts.joined(separator: "\n")
  }
}
