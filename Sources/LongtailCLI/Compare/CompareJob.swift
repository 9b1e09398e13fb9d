import ArgumentParser
import Foundation
import Longtail
import Serialization

/// Trains the missing runs of a comparison, then compares all.
struct CompareJob {
  private let command: CompareCommand
  private let recipes: [RecipeEntry]
  private let seeds: [UInt64]

  init(_ command: CompareCommand, recipes: [RecipeEntry], seeds: [UInt64]) {
    self.command = command
    self.recipes = recipes
    self.seeds = seeds
  }

  func run() throws {
    // Settings that do not fit a recipe are refused before the first one is trained.
    let plans = try recipes.map(plan)
    var methods: [RunReport.Method] = []
    for plan in plans {
      let runs = try seeds.map { try open(plan, seed: $0) }
      try train(runs.filter { !$0.isFinished })
      methods.append(RunReport.Method(name: plan.recipe.name, runs: runs.map(\.folder)))
    }
    try RunReport.page(methods, title: "Comparison").write(to: command.out + "/report.html")
    try command.format.output(RunComparison(methods.flatMap(\.runs).map { RunSummary($0) }))
    say("report: \(command.out)/report.html")
  }

  /// A recipe with its settings for the data; the runs differ in seed and folder.
  private func plan(_ recipe: RecipeEntry) throws -> RunConfiguration {
    var options = RunOptions {
      $0.seed = seeds[0]
      $0.compute = command.compute.choices
      $0.evaluationInterval = command.evaluateEvery ?? $0.evaluationInterval
      $0.objective = command.parts.objective
      $0.data.path = Path.data(command.data)
      $0.data.holdOut = command.holdOut
    }
    command.execution.apply(to: &options.compute)
    try command.execution.check(on: options.compute.settings().device)
    let configuration = try RunConfiguration(options, recipe: recipe) { tree in
      try command.parts.apply(to: &tree, then: command.assignments)
    }
    guard configuration.data.evaluation != nil else {
      throw ValidationError(
        "Recipes are compared on a test set, and \(options.data.path) has none; add --hold-out 0.2, or name data with one."
      )
    }
    try Preflight(configuration).requireUse()
    // The counts do not matter for what fits together.
    let names = configuration.data.classNames
    _ = try configuration.options.recipe(
      of: configuration.method, for: ClassDistribution(counts: names.map { _ in 2 }, names: names))
    return configuration
  }

  /// A run that exists already, whatever its state, or a new one.
  private func open(_ plan: RunConfiguration, seed: UInt64) throws -> RecordedRun {
    let path = "\(command.out)/\(plan.recipe.name.replacing("/", with: "-"))/seed-\(seed)"
    let configuration = plan.seeded(seed, folder: path)
    guard FileManager.default.fileExists(atPath: RunFolder(path).launchPath) else {
      return try RecordedRun.begin(configuration)
    }
    let run = try RecordedRun.reopen(path)
    let (own, asked) = (run.options, configuration.options)
    let isSame =
      own.recipe == asked.recipe && own.data.path == asked.data.path && own.data.holdOut == asked.data.holdOut
      && own.data.holdOutSeed == asked.data.holdOutSeed && own.objective == asked.objective
    guard try isSame && JSONValue(encoding: run.method) == JSONValue(encoding: configuration.method) else {
      throw RunError.notComparable(
        reason: "\(path): the run was begun with other data or settings; repeat them, or choose another --out")
    }
    try RecordedOptions(path: path, remedy: "Leave it out, or choose another --out.")
      .checkComputing(command.compute, command.execution, evaluateEvery: command.evaluateEvery, run.options)
    say("\(path): \(run.isFinished ? "finished already" : "resumed")")
    return run
  }

  private func train(_ runs: [RecordedRun]) throws {
    guard let first = runs.first else { return }
    let notice: (@Sendable (String) -> Void)? = command.quiet ? nil : { @Sendable text in Console.error(text) }
    _ = try SeedTraining(
      atOnce: command.atOnce, isQuiet: command.quiet, name: { "\($0.recipe.name), seed \($0.options.seed)" },
      advice: { _ in "the comparison was stopped; the same command resumes it" }, notice: notice
    ).train(runs, on: first.prepareData(notice: notice))
  }

  private func say(_ text: String) {
    if !command.quiet { Console.error(text) }
  }
}
