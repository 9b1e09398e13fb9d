import ArgumentParser

/// The `predict` command.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "predict", abstract: "Under construction.")
}
