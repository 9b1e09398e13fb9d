import ArgumentParser

/// The `runs` command.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, show one, compare several, or write their report.",
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsReportCommand.self])
}
