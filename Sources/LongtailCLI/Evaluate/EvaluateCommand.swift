import ArgumentParser

/// The `eval` command.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "eval", abstract: "Under construction.")
}
