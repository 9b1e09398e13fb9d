import ArgumentParser

/// Shows the networks that can be chosen by name, and takes weights in.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the networks, show one, or import weights that others trained.",
    subcommands: [ModelsListCommand.self, ModelsShowCommand.self, ModelsImportCommand.self, ModelsScoreCommand.self])
}
