import ArgumentParser

/// Looks at runs.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, show one, compare several, or make their page.",
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsReportCommand.self])
}
