import ArgumentParser
import Foundation
import Longtail

/// Options beside `--resume`: a run goes on as it was started, so each must be what the run has.
struct ResumedOptions {
  private let command: TrainCommand
  private let path: String
  private let recorded: RecordedOptions

  init(_ command: TrainCommand, path: String) {
    self.command = command
    self.path = path
    recorded = RecordedOptions(
      path: path, remedy: "Leave it out, or start a new run with --config \(path)/recipe.yaml.")
  }

  /// Refuses the first option that differs from what the runs were started with.
  /// - Parameter runs: the run, or the runs of all seeds.
  func check(_ runs: [RecordedRun]) throws {
    guard !command.printConfig else {
      throw ValidationError(
        "--print-config shows what a new run would have; RUN/recipe.yaml holds the settings of a run.")
    }
    try recorded.same("--out", command.out.map(absolute), absolute(path))
    if let seeds = command.seeds {
      try recorded.same(
        "--seeds", "\(try SeedList.parse(seeds).sorted())", "\(runs.map(\.launch.seed).sorted())")
    }
    for run in runs { try check(run) }
  }

  private func check(_ run: RecordedRun) throws {
    let launch = run.launch
    try recorded.same("the recipe", try command.recipe.map { try RecipeRegistry.recipe(named: $0).name }, launch.recipe)
    try recorded.same("--seed", command.seed, launch.seed)
    try checkData(launch)
    try recorded.checkComputing(command.compute, command.device, evaluateEvery: command.evaluateEvery, launch)
    try recorded.same("--checkpoint-every", command.checkpointEvery, launch.checkpointInterval)
    try recorded.same("--objective", command.parts.objective, launch.objective)
    if !command.finishedStage.isEmpty {
      try recorded.same(
        "--finished-stage", try FinishedStageOption.checkpoints(command.finishedStage), launch.finishedStages)
    }
    try checkSettings(run)
  }

  private func checkData(_ launch: RunLaunch) throws {
    try recorded.same("--data", command.data.map(command.absolute), launch.data)
    try recorded.same("--train-list", command.trainList.map(absolute), launch.trainingList)
    try recorded.same("--class-names", command.classNames.map(absolute), launch.classNamesFile)
    if command.layout.reading != DataReading() {
      try recorded.same("a reading of the data (--format and the like)", command.layout.reading, launch.reading)
    }
    try recorded.same("--relaxed-counts", command.relaxedCounts ? true : nil, launch.relaxesCounts)
    try recorded.same("--hold-out", command.holdOut, launch.holdOut)
    try recorded.same("--skip-unreadable", command.skipUnreadable ? true : nil, launch.skipsUnreadable)
    try recorded.same("--allow-empty-classes", command.allowEmptyClasses ? true : nil, launch.allowsEmptyClasses)
    try recorded.same("--weights", command.weights.map(absolute), launch.weights)
    try recorded.same("--images", command.images, launch.loading.place)
    try recorded.same("--cache-folder", command.cacheFolder.map(absolute), launch.loading.cacheFolder)
  }

  /// A file, swapped parts and assignments may say again what the run has.
  private func checkSettings(_ run: RecordedRun) throws {
    let present = try run.settingsTree()
    var tree = present
    if let config = command.config {
      let file = try SettingsFile(config)
      try recorded.same("the recipe of --config", file.recipe, run.launch.recipe)
      try tree.apply(file)
    }
    try command.parts.apply(to: &tree, then: command.assignments)
    let values = Dictionary(present.leaves.map { ($0.path, $0.value) }) { first, _ in first }
    for leaf in tree.leaves where !Self.isSame(leaf.value, values[leaf.path]) {
      let present = values[leaf.path].map { $0.stringValue ?? $0.compactText } ?? "none"
      throw recorded.difference(
        "\(leaf.origin): \(leaf.path)", leaf.value.stringValue ?? leaf.value.compactText, present)
    }
  }

  /// 5 and 5.0 are the same number.
  private static func isSame(_ given: JSONValue, _ recorded: JSONValue?) -> Bool {
    guard let recorded else { return false }
    if let given = given.arrayValue, let recorded = recorded.arrayValue {
      return given.count == recorded.count && zip(given, recorded).allSatisfy { isSame($0, $1) }
    }
    if let given = given.doubleValue, let recorded = recorded.doubleValue { return given == recorded }
    return given == recorded
  }

  private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }
}
