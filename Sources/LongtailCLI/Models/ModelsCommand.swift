import ArgumentParser

/// The `models` command.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the networks, show one, or import pretrained weights.",
    subcommands: [ModelsListCommand.self, ModelsShowCommand.self, ModelsImportCommand.self])
}
