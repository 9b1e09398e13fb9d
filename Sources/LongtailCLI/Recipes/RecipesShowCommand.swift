import ArgumentParser
import Longtail
import Serialization

/// The `recipes show` command.
struct RecipesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a recipe: its source, expected results and all settings.")

  @Argument(help: ArgumentHelp("The recipe, such as balanced-softmax/cifar100-lt.", valueName: "NAME"))
  var name: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    let entry = try RecipeRegistry.recipe(named: name)
    let tree = try entry.settingsTree()
    let stages = try entry.stages().map(RecipeDetails.StageEntry.init)
    if json {
      try Console.output(json: RecipeDetails(entry, stages, tree))
    } else {
      Console.output(Self.text(entry, stages, tree))
    }
  }

  private static func text(_ entry: RecipeEntry, _ stages: [RecipeDetails.StageEntry], _ tree: SettingsTree) -> String {
    let data = entry.name.contains("/synthetic") ? "synthetic" : "DIR"
    let weights = entry.settings.needsWeights ? " --weights FILE" : ""
    let head = """
      \(entry.name)
        what         \(entry.summary)
        source       \(entry.card.paper)
        expected     \(entry.expectation.isEmpty ? "no published or measured result is recorded" : entry.expectation)
        stages       \(stages.map { "\($0.name) (\($0.length))" }.joined(separator: ", "))
        train it     longtail train \(entry.name) --data \(data)\(weights)

      """
    // All values have one origin here.
    let settings = tree.text(recipe: entry.name).split(separator: "\n")
      .map { $0.replacing(/\s*# recipe default$/, with: "") }
    let paths = tree.leaves.map { "  --set \($0.path)=…" }
    return
      ([head, "settings as YAML:"] + settings.map { "  " + $0 }
      + ["", "settings on the command line:"] + paths).joined(separator: "\n")
  }
}

/// A recipe as JSON.
private struct RecipeDetails: Encodable {
  /// A stage and how long it lasts; one of no steps changes and measures the network.
  struct StageEntry: Encodable {
    let name: String
    let length: String

    init(_ stage: Stage) { (name, length) = (stage.name, "\(stage.length)") }
  }

  let name: String
  let summary: String
  let source: String
  let expectation: String?
  let stages: [StageEntry]
  let settings: JSONValue
  /// The paths that `--set` takes.
  let paths: [String]

  init(_ entry: RecipeEntry, _ stages: [StageEntry], _ tree: SettingsTree) {
    name = entry.name
    summary = entry.summary
    source = entry.card.paper
    expectation = entry.expectation.isEmpty ? nil : entry.expectation
    self.stages = stages
    settings = tree.value
    paths = tree.leaves.map(\.path)
  }
}
