import ArgumentParser

/// The `analyze` command.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Find out why runs do as they do.",
    subcommands: [BiasVarianceCommand.self, RoutingCommand.self])
}
