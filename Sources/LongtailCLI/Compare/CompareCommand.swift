import ArgumentParser
import Foundation
import Longtail

/// The `compare` command.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Train several recipes over several seeds and put them into one table.",
    discussion: """
      Runs lie in OUT/RECIPE/seed-N. Called again, the command goes on where it was stopped, and trains only what is missing. The first \
      recipe is what the others are compared with: by the mean over seeds, and by the differences between runs of equal seeds with \
      their 95 % confidence interval. Options that swap a part swap it in all recipes.

      longtail compare cross-entropy/cifar100-lt balanced-softmax/cifar100-lt --data cifar-100-binary --seeds 0,1,2
      """)

  @Argument(help: ArgumentHelp("The recipes; 'longtail recipes list' shows all.", valueName: "RECIPE"))
  var recipes: [String]
  @Option(help: "The data folder, or 'drawn'.", completion: .directory)
  var data: String
  @Option(help: "The seeds, such as 0,1,2.")
  var seeds = "0,1,2"
  @Option(help: "Where the runs lie.", completion: .directory)
  var out = "runs/compare"
  @Option(
    name: .customLong("set"), help: "Change one setting of all recipes, such as training.batchSize=64; repeatable.")
  var assignments: [String] = []
  @OptionGroup(title: "Parts of the recipes") var parts: CompositionOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var device: DeviceOptions
  @Option(
    help: "Seeds that one GPU trains at the same time; needs --capture. Default: up to 8 of small pictures, else 1.")
  var atOnce: Int?
  @Option(help: "Epochs between two measurements on the test set; 0 for only the last. Default: 10.")
  var evaluateEvery: Int?
  @Option(help: "The share of training images to set aside for testing, when the data have no test set.")
  var holdOut = 0.0
  @Option(help: ArgumentHelp("text, csv, markdown, latex or json.", valueName: "FORMAT"))
  var format = ComparisonFormat.text
  @Flag(help: "Print nothing but the table.")
  var quiet = false

  func validate() throws {
    try OptionRange.check("--evaluate-every", evaluateEvery, in: 0...1_000_000_000)
    try OptionRange.check("--at-once", atOnce, in: 1...1024)
    guard (0..<1).contains(holdOut) else {
      throw ValidationError("--hold-out is \(holdOut), but must be at least 0 and below 1.")
    }
    if let atOnce, atOnce > 1, !device.capture { throw ValidationError("--at-once needs --capture, on a GPU.") }
  }

  func run() throws {
    let names = try recipes.map { try RecipeRegistry.recipe(named: $0).name }
    guard Set(names).count == names.count else {
      throw ValidationError("A recipe stands twice: \(names.joined(separator: ", ")).")
    }
    guard !out.isEmpty else { throw ValidationError("--out is empty; name the folder of the runs.") }
    try CompareJob(self, recipes: names, seeds: SeedList.parse(seeds)).run()
  }
}
