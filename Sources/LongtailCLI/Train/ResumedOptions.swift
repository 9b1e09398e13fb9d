import ArgumentParser
import Foundation
import Longtail
import Serialization

/// Options given together with `--resume`: a run is resumed as it was started, so each must equal the run's own.
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
        "--print-config shows the settings of a new run; RUN/recipe.yaml holds those of a run.")
    }
    try recorded.same("--out", command.out.map(Path.absolute), Path.absolute(path))
    if let seeds = command.seeds {
      try recorded.same(
        "--seeds", "\(try SeedList.parse(seeds).sorted())", "\(runs.map(\.options.seed).sorted())")
    }
    for run in runs { try check(run) }
  }

  private func check(_ run: RecordedRun) throws {
    let options = run.options
    try recorded.same(
      "the recipe", try command.recipe.map { try RecipeRegistry.recipe(named: $0).name }, options.recipe)
    try recorded.same("--seed", command.seed, options.seed)
    try checkData(options.data)
    try recorded.checkComputing(
      command.compute, command.execution, evaluateEvery: command.evaluateEvery, options)
    try recorded.same("--objective", command.parts.objective, options.objective)
    if !command.finishedStage.isEmpty {
      try recorded.same(
        "--finished-stage", try FinishedStageOption.checkpoints(command.finishedStage), options.finishedStages)
    }
    try recorded.same("--weights", command.weights.map(Path.absolute), options.weights)
    try recorded.same("--checkpoint-every", command.checkpointEvery, options.checkpointInterval)
    try checkSettings(run)
  }

  private func checkData(_ data: RunData) throws {
    try recorded.same("--data", command.data.map(Path.data), data.path)
    try recorded.same("--train-list", command.trainList.map(Path.absolute), data.trainingList)
    try recorded.same("--class-names", command.classNames.map(Path.absolute), data.classNamesFile)
    if command.layout.reading != DataReading() {
      try recorded.same("the data format (--format and the like)", command.layout.reading, data.reading)
    }
    try recorded.same("--relaxed-counts", command.relaxedCounts ? true : nil, data.acceptsAnyCounts)
    try recorded.same("--hold-out", command.holdOut, data.holdOut)
    try recorded.same("--skip-unreadable", command.skipUnreadable ? true : nil, data.skipsUnreadable)
    try recorded.same("--allow-empty-classes", command.allowEmptyClasses ? true : nil, data.allowsEmptyClasses)
    try recorded.same("--images", command.images, data.storage.location)
    try recorded.same("--cache-folder", command.cacheFolder.map(Path.absolute), data.storage.cacheFolder)
  }

  /// A file, replaced parts and assignments may repeat the run's settings.
  private func checkSettings(_ run: RecordedRun) throws {
    let present = try run.settingsTree()
    var tree = present
    if let config = command.config {
      let file = try SettingsFile(config)
      try recorded.same("the recipe of --config", file.recipe, run.options.recipe)
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
}
