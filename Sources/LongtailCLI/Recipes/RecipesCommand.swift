import ArgumentParser

/// The `recipes` command.
struct RecipesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "recipes", abstract: "Under construction.")
}
