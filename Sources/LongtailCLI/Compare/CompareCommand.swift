import ArgumentParser
import Foundation
import Longtail

/// The `compare` command.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Train several recipes with several seeds and compare them in one table.",
    discussion: """
      Runs are written to OUT/RECIPE/seed-N. Called again, the command resumes where it was stopped and trains only what is missing. \
      The first recipe is the baseline of the others: by the mean over seeds, and by the paired differences between runs of the same \
      seed with their 95 % confidence interval. Options that replace a part replace it in all recipes.

      longtail compare cross-entropy/cifar100-lt balanced-softmax/cifar100-lt --data cifar-100-binary --seeds 0,1,2
      """)

  @Argument(help: ArgumentHelp("The recipes; 'longtail recipes list' shows all.", valueName: "RECIPE"))
  var recipes: [String]
  @Option(help: "The data folder, or 'synthetic'.", completion: .directory)
  var data: String
  @Option(help: "The seeds, such as 0,1,2.")
  var seeds = "0,1,2"
  @Option(help: "The folder of the runs.", completion: .directory)
  var out = "runs/compare"
  @Option(
    name: .customLong("set"), help: "Change one setting of all recipes, such as training.batchSize=64; repeatable.")
  var assignments: [String] = []
  @OptionGroup(title: "Parts of the recipes") var parts: CompositionOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var execution: ExecutionOptions
  @Option(
    help: "Seeds trained at the same time on one GPU; needs --cuda-graphs. Default: up to 8 for small images, else 1.")
  var atOnce: Int?
  @Option(help: "Epochs between evaluations on the test set; 0 for the last epoch only. Default: 10.")
  var evaluateEvery: Int?
  @Option(help: "The fraction of the training images to hold out as a test set, when the data have none.")
  var holdOut = 0.0
  @Option(help: ArgumentHelp("text, csv, markdown, latex or json.", valueName: "FORMAT"))
  var format = ComparisonFormat.text
  @Flag(help: "Print only the table.")
  var quiet = false

  func validate() throws {
    try OptionRange.check("--evaluate-every", evaluateEvery, in: 0...1_000_000_000)
    try OptionRange.check("--at-once", atOnce, in: 1...1024)
    try OptionRange.checkHoldOut(holdOut)
    if let atOnce, atOnce > 1, !execution.cudaGraphs {
      throw ValidationError("--at-once needs --cuda-graphs, on a GPU.")
    }
  }

  func run() throws {
    let chosen = try recipes.map { try RecipeRegistry.recipe(named: $0) }
    guard Set(chosen.map(\.name)).count == chosen.count else {
      throw ValidationError("A recipe is named twice: \(chosen.map(\.name).joined(separator: ", ")).")
    }
    guard !out.isEmpty else { throw ValidationError("--out is empty; name the folder of the runs.") }
    try CompareJob(self, recipes: chosen, seeds: SeedList.parse(seeds)).run()
  }
}
