import ArgumentParser
import Longtail

/// The `runs list` command.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs in a folder and below it.")

  @Argument(help: ArgumentHelp("The folder to look in.", valueName: "ROOT"))
  var root = RunLocation.defaultRoot

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    // The default folder may not exist yet.
    let isMissing = root == RunLocation.defaultRoot && !RunLocation.isFolder(root)
    let runs = isMissing ? [] : try RunQuery.list(root)
    if json { return try Console.output(json: runs) }
    guard !runs.isEmpty else { return Console.output("no runs in \(root)/ yet; 'longtail train' creates them") }
    Console.output(RunQuery.table(runs).plainText.trimmingLineEnds)
  }
}
