import ArgumentParser
import Longtail

/// The `bench recipe` command.
struct BenchRecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe", abstract: "Time the steps of each stage of a recipe beside those of another recipe.",
    discussion: """
      Both train on pictures of noise, long-tailed by a factor of 100, in turn and in one process. Parts that are swapped are swapped in \
      the recipe alone; --set changes both where both have the setting.

      longtail bench recipe balanced-softmax/cifar100-lt --activation aglu
      """)

  @Argument(help: "The recipe.")
  var recipe: String

  @Option(help: "The recipe that it is compared with, by its first stage.")
  var beside = "balanced-softmax/cifar100-lt"

  @OptionGroup(title: "Parts of the recipe") var parts: CompositionOptions

  @Option(name: .customLong("set"), help: "Change one setting, such as training.batchSize=64; repeatable.")
  var assignments: [String] = []

  @Option(help: "Classes.")
  var classes = 100

  @Option(help: "Rounds of both, in turn.")
  var rounds = 5

  @Option(help: "Steps of a round.")
  var steps = 4

  @Option(help: "Where to compute: auto, cpu or cuda:0.")
  var device = "cpu"

  @Option(help: "The arithmetic: float32 or bfloat16; what the processor multiplies natively without it.")
  var precision: BenchPrecision?

  @OptionGroup var choices: DeviceOptions
  @OptionGroup var options: BenchOptions

  func validate() throws {
    for (name, value) in [("rounds", rounds), ("steps", steps)] where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1")
    }
    guard classes >= 2 else { throw ValidationError("--classes is \(classes), but must be at least 2") }
  }

  func run() throws {
    try options.start()
    let compute = try BenchModelOptions.compute(device: device, precision: precision, choices: choices)
    try choices.check(on: compute.device)
    try compute.apply()
    let settings = try settings()
    let other = try otherSettings()
    let bench = RecipeBench(rounds: rounds, steps: steps, classes: classes, compute: compute)
    try options.show(
      bench.run(
        RecipeBench.Contestant(name: recipe, settings: settings, objective: parts.objective),
        beside: RecipeBench.Contestant(name: beside, settings: other)))
  }

  private func settings() throws -> any MethodSettings {
    let entry = try RecipeRegistry.recipe(named: recipe)
    let tree = try entry.resolvedTree { tree in
      try parts.apply(to: &tree, then: assignments)
    }
    let defaults = try entry.settingsTree()
    let isLength = { (value: JSONValue?) in value?.stringValue?.wholeMatch(of: /[1-9][0-9.]* (epochs?|steps?)/) != nil }
    try tree.requireUse(beside: defaults) { path, value in
      if path.hasPrefix("data.") { return "the pictures are noise, made for the benchmark; leave it out" }
      // A length of no steps leaves a stage out.
      guard isLength(value), isLength(defaults.value(at: path)) else { return nil }
      return "--rounds and --steps say how long a stage is timed; leave it out"
    }
    return try entry.settings(from: tree)
  }

  /// The other recipe may lack a setting; a misspelt one is refused by the recipe itself.
  private func otherSettings() throws -> any MethodSettings {
    let entry = try RecipeRegistry.recipe(named: beside)
    var tree = try entry.settingsTree()
    for assignment in assignments {
      do {
        try tree.apply(assignment: assignment)
      } catch SettingsError.unknownKey {
        continue
      }
    }
    return try entry.settings(from: tree)
  }
}
