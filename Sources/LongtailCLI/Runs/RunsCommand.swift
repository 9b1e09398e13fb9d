import ArgumentParser

/// Looks at runs.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, show one, or compare several.",
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self])
}
