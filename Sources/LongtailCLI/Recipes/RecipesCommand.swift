import ArgumentParser

/// The `recipes` command.
struct RecipesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipes", abstract: "List the recipes, or show one with all its settings.",
    subcommands: [RecipesListCommand.self, RecipesShowCommand.self])
}
