import ArgumentParser

/// The `runs` command.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "runs", abstract: "Under construction.")
}
