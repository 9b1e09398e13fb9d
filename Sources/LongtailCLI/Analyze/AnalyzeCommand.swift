import ArgumentParser

/// The `analyze` command.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Diagnose runs.",
    subcommands: [BiasVarianceCommand.self, RoutingCommand.self])
}
