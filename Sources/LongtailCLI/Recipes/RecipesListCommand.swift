import ArgumentParser
import Foundation
import Longtail
import Serialization

/// The `recipes list` command.
struct RecipesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the recipes.",
    discussion: """
      A recipe is METHOD/DATA. Without an argument, lists methods and data; with a part of a name, every recipe whose name contains it.

      longtail recipes list own
      """)

  @Argument(help: "A part of the recipes' names.")
  var part: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Flag(help: "Print the table of methods in Markdown.")
  var markdown = false

  func validate() throws {
    guard markdown, part != nil || json else { return }
    throw ValidationError("--markdown prints all methods; leave out \(json ? "--json" : "'\(part ?? "")'").")
  }

  func run() throws {
    if markdown { return Console.output(MethodTable.markdown) }
    let chosen = try recipes
    if json { return try Console.output(json: chosen.map(RecipeOverview.init)) }
    if part != nil { return Console.output(Self.table(chosen).plainText.trimmingLineEnds) }
    let example = chosen.first { $0.name == "balanced-softmax/cifar100-lt" } ?? chosen[0]
    Console.output("A recipe is METHOD/DATA, such as \(example.name).\n")
    Console.output(Self.methods(chosen).plainText.trimmingLineEnds + "\n")
    Console.output(Self.data(chosen).plainText.trimmingLineEnds)
    Console.output(
      "\n'longtail recipes show RECIPE' shows all settings of one, 'longtail recipes list PART' the recipes with a name."
    )
  }

  private var recipes: [RecipeEntry] {
    get throws {
      guard let part else { return RecipeRegistry.all }
      let found = RecipeRegistry.all.filter { $0.name.contains(part) }
      guard !found.isEmpty else {
        throw ValidationError("No recipe has '\(part)' in its name; 'longtail recipes list' shows all.")
      }
      return found
    }
  }

  private static func methods(_ recipes: [RecipeEntry]) -> TextTable {
    var table = TextTable([.init("method"), .init("what it is")])
    var seen: Set<String> = []
    for recipe in recipes where seen.insert(recipe.card.name).inserted {
      table.append([recipe.card.name, recipe.card.summary])
    }
    return table
  }

  /// Size, length and batch are those of the first method with such a recipe.
  private static func data(_ recipes: [RecipeEntry]) -> TextTable {
    var table = TextTable([
      .init("data"), .init("input", .right), .init("length", .right), .init("batch", .right), .init("what it is"),
    ])
    var seen: Set<String> = []
    for recipe in recipes where seen.insert(recipe.dataName).inserted {
      table.append([recipe.dataName] + figures(of: recipe) + [recipe.dataSummary])
    }
    return table
  }

  private static func table(_ recipes: [RecipeEntry]) -> TextTable {
    // What it is stands last, because it is long.
    var table = TextTable([
      .init("recipe"), .init("input", .right), .init("length", .right), .init("batch", .right), .init("what it is"),
    ])
    for recipe in recipes {
      table.append([recipe.name] + figures(of: recipe) + [recipe.summary])
    }
    return table
  }

  /// Size of the inputs, length and batch.
  private static func figures(of recipe: RecipeEntry) -> [String] {
    let settings = recipe.settings
    return ["\(settings.model.inputSize)", "\(settings.training.length)", "\(settings.training.batchSize)"]
  }
}

/// What a list shows of a recipe.
struct RecipeOverview: Encodable {
  let name: String
  let summary: String
  /// The size of the square inputs, in pixels.
  let inputSize: Int
  /// How long it trains, such as `200 epochs`.
  let length: String
  /// Images per step.
  let batchSize: Int

  init(_ entry: RecipeEntry) {
    name = entry.name
    summary = entry.summary
    inputSize = entry.settings.model.inputSize
    length = entry.settings.training.length.description
    batchSize = entry.settings.training.batchSize
  }
}
