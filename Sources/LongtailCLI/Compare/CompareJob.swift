import ArgumentParser
import Foundation
import Longtail

/// Trains what is missing of a comparison, then compares.
struct CompareJob {
  private let command: CompareCommand
  private let recipes: [String]
  private let seeds: [UInt64]

  init(_ command: CompareCommand, recipes: [String], seeds: [UInt64]) {
    self.command = command
    self.recipes = recipes
    self.seeds = seeds
  }

  func run() throws {
    // Settings that do not fit a recipe are told before the first one is trained.
    let plans = try recipes.map { try plan($0) }
    var methods: [RunReport.Method] = []
    for plan in plans {
      let runs = try seeds.map { try open(plan, seed: $0) }
      try train(runs.filter { !$0.isFinished })
      methods.append(RunReport.Method(name: plan.recipe, runs: runs.map(\.folder)))
    }
    try RunReport.page(methods, title: "Comparison").write(to: command.out + "/report.html")
    try command.format.output(RunComparison(methods.flatMap(\.runs).map { RunSummary($0) }))
    say("page: \(command.out)/report.html")
  }

  /// A recipe with its settings for the data.
  private struct Plan {
    let recipe: String
    let tree: SettingsTree
    let settings: any MethodSettings
  }

  private func plan(_ recipe: String) throws -> Plan {
    let entry = try RecipeRegistry.recipe(named: recipe)
    let launch = launch(recipe, seed: seeds[0])
    try command.device.check(on: ComputeSettings(launch).device)
    let directory = try launch.openData()
    let tree = try entry.resolvedTree(for: RecipeEntry.DataFacts(launch, directory)) { tree in
      try command.parts.apply(to: &tree, then: command.assignments)
    }
    guard directory.evaluation != nil else {
      throw ValidationError(
        "Recipes are compared by a test set, and \(launch.data) has none; add --hold-out 0.2, or name data with one.")
    }
    try TrainingUse(launch, directory, tree).check(evaluateEvery: command.evaluateEvery)
    let settings = try entry.settings(from: tree)
    // The counts do not matter for what fits together.
    let names = directory.classNames
    _ = try launch.recipe(settings, for: ClassDistribution(counts: names.map { _ in 2 }, names: names))
    return Plan(recipe: recipe, tree: tree, settings: settings)
  }

  private func launch(_ recipe: String, seed: UInt64) -> RunLaunch {
    let data = command.data == "drawn" ? command.data : URL(fileURLWithPath: command.data).path
    var launch = RunLaunch(
      recipe: recipe, data: data, seed: seed, device: command.compute.device, precision: command.compute.precision,
      threads: command.compute.threads, evaluationInterval: command.evaluateEvery ?? 10, holdOut: command.holdOut)
    command.device.apply(to: &launch)
    launch.objective = command.parts.objective
    // All runs are measured on the same images.
    launch.holdOutSeed = seeds[0]
    return launch
  }

  /// A run that is there already, whatever its state, or a new one.
  private func open(_ plan: Plan, seed: UInt64) throws -> RecordedRun {
    let name = plan.recipe.replacingOccurrences(of: "/", with: "-")
    let path = "\(command.out)/\(name)/seed-\(seed)"
    let launch = launch(plan.recipe, seed: seed)
    guard FileManager.default.fileExists(atPath: RunFolder(path).launchPath) else {
      return try RecordedRun.begin(launch, settings: plan.tree, at: path, version: ToolVersion.text)
    }
    let run = try RecordedRun.reopen(path)
    let isSame =
      run.launch.recipe == launch.recipe && run.launch.data == launch.data && run.launch.holdOut == launch.holdOut
      && run.launch.holdOutSeed == launch.holdOutSeed && run.launch.objective == launch.objective
    guard try isSame && JSONValue(encoding: run.settings) == JSONValue(encoding: plan.settings) else {
      throw RunError.notComparable(
        reason: "\(path): the run was begun with other data or settings; repeat them, or choose another --out")
    }
    try RecordedOptions(path: path, remedy: "Leave it out, or choose another --out.")
      .checkComputing(command.compute, command.device, evaluateEvery: command.evaluateEvery, run.launch)
    say("\(path): \(run.isFinished ? "finished already" : "goes on")")
    return run
  }

  private func train(_ runs: [RecordedRun]) throws {
    guard let first = runs.first else { return }
    let notice: (@Sendable (String) -> Void)? = command.quiet ? nil : { @Sendable text in Console.error(text) }
    _ = try SeedTraining(
      atOnce: command.atOnce, isQuiet: command.quiet, name: { "\($0.launch.recipe), seed \($0.launch.seed)" },
      advice: { _ in "the comparison was stopped; the same command goes on with it" }, notice: notice
    ).train(runs, on: first.prepareData(notice: notice))
  }

  private func say(_ text: String) {
    if !command.quiet { Console.error(text) }
  }
}
