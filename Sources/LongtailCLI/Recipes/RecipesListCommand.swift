import ArgumentParser
import Longtail

/// A line a recipe.
struct RecipesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the recipes.")

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    if json {
      try Console.output(json: RecipeRegistry.all.map(RecipeOverview.init))
    } else {
      Console.output(table.plainText.trimmingLineEnds)
    }
  }

  private var table: TextTable {
    // What it is stands last, because it is long.
    var table = TextTable([
      .init("recipe"), .init("input", .right), .init("length", .right), .init("batch", .right), .init("what it is"),
    ])
    for recipe in RecipeRegistry.all.map(RecipeOverview.init) {
      table.append([recipe.name, "\(recipe.inputSize)", recipe.length, "\(recipe.batchSize)", recipe.summary])
    }
    return table
  }
}

/// What a list shows of a recipe.
struct RecipeOverview: Encodable {
  let name: String
  let summary: String
  /// The side of the square inputs, in pixels.
  let inputSize: Int
  /// How long it trains, such as `200 epochs`.
  let length: String
  /// Pictures per step.
  let batchSize: Int

  init(_ entry: RecipeEntry) {
    name = entry.name
    summary = entry.summary
    inputSize = entry.settings.model.inputSize
    length = entry.settings.training.length.description
    batchSize = entry.settings.training.batchSize
  }
}
