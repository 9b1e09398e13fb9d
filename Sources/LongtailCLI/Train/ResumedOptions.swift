import ArgumentParser
import Foundation
import Longtail

/// Options beside `--resume`: a run goes on as it was started, so each must be what the run has.
struct ResumedOptions {
  private let command: TrainCommand
  private let path: String

  init(_ command: TrainCommand, path: String) {
    self.command = command
    self.path = path
  }

  /// Refuses the first option that differs from what the runs were started with.
  /// - Parameter runs: the run, or the runs of all seeds.
  func check(_ runs: [RecordedRun]) throws {
    guard !command.printConfig else {
      throw ValidationError(
        "--print-config shows what a new run would have; RUN/recipe.yaml holds the settings of a run.")
    }
    try same("--out", command.out.map(absolute), absolute(path))
    if let seeds = command.seeds {
      try same(
        "--seeds", "\(try SeedList.parse(seeds).sorted())", "\(runs.map(\.launch.seed).sorted())")
    }
    for run in runs { try check(run) }
  }

  private func check(_ run: RecordedRun) throws {
    let launch = run.launch
    try same("the recipe", try command.recipe.map { try RecipeRegistry.recipe(named: $0).name }, launch.recipe)
    try same("--seed", command.seed, launch.seed)
    try checkData(launch)
    try checkComputing(launch)
    try same("--objective", command.parts.objective, launch.objective)
    if !command.finishedStage.isEmpty {
      try same("--finished-stage", try FinishedStageOption.checkpoints(command.finishedStage), launch.finishedStages)
    }
    try checkSettings(run)
  }

  private func checkData(_ launch: RunLaunch) throws {
    try same("--data", command.data.map(command.absolute), launch.data)
    try same("--train-list", command.trainList.map(absolute), launch.trainingList)
    try same("--class-names", command.classNames.map(absolute), launch.classNamesFile)
    if command.layout.reading != DataReading() {
      try same("a reading of the data (--format and the like)", command.layout.reading, launch.reading)
    }
    try same("--relaxed-counts", command.relaxedCounts ? true : nil, launch.relaxesCounts)
    try same("--hold-out", command.holdOut, launch.holdOut)
    try same("--skip-unreadable", command.skipUnreadable ? true : nil, launch.skipsUnreadable)
    try same("--allow-empty-classes", command.allowEmptyClasses ? true : nil, launch.allowsEmptyClasses)
    try same("--weights", command.weights.map(absolute), launch.weights)
    try same("--images", command.images, launch.loading.place)
    try same("--cache-folder", command.cacheFolder.map(absolute), launch.loading.cacheFolder)
  }

  private func checkComputing(_ launch: RunLaunch) throws {
    try same("--device", command.compute.givenDevice, launch.device)
    try same("--precision", command.compute.givenPrecision, launch.precision)
    try same("--threads", command.compute.givenThreads, launch.threads)
    try same("--capture", command.device.capture ? true : nil, launch.capturesSteps)
    try same("--steps-per-replay", command.device.givenStepsPerReplay, launch.stepsPerReplay)
    try same("--kernels", command.device.givenKernels, launch.kernels)
    try same("--tensor-float32", command.device.tensorFloat32 ? true : nil, launch.usesTF32)
    try same("--deterministic", command.device.deterministic ? true : nil, launch.isDeterministic)
    try same("--evaluate-every", command.evaluateEvery, launch.evaluationInterval)
    try same("--checkpoint-every", command.checkpointEvery, launch.checkpointInterval)
  }

  /// A file, swapped parts and assignments may say again what the run has.
  private func checkSettings(_ run: RecordedRun) throws {
    let recorded = try run.settingsTree()
    var tree = recorded
    if let config = command.config {
      let file = try SettingsFile(config)
      try same("the recipe of --config", file.recipe, run.launch.recipe)
      try tree.apply(file)
    }
    try command.parts.composition.apply(to: &tree)
    for assignment in command.assignments { try tree.apply(assignment: assignment) }
    let values = Dictionary(recorded.leaves.map { ($0.path, $0.value) }) { first, _ in first }
    for leaf in tree.leaves where !Self.isSame(leaf.value, values[leaf.path]) {
      let present = values[leaf.path].map { $0.stringValue ?? $0.compactText } ?? "none"
      throw difference("\(leaf.origin): \(leaf.path)", leaf.value.stringValue ?? leaf.value.compactText, present)
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

  private func same<Value: Equatable>(_ option: String, _ given: Value?, _ recorded: Value?) throws {
    guard let given, given != recorded else { return }
    throw difference(option, Self.text(given), recorded.map(Self.text) ?? "none")
  }

  private func difference(_ option: String, _ given: String, _ recorded: String) -> ValidationError {
    ValidationError(
      "\(option) is \(given), but the run in \(path) has \(recorded.isEmpty ? "none" : recorded), and goes on as it was started. "
        + "Leave it out, or start a new run with --config \(path)/recipe.yaml.")
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let place as ImageStorage.Place: place.rawValue
    case let kind as ObjectiveKind: kind.rawValue
    case let files as [String: String]:
      files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    case is DataReading: "given"
    default: SettingChecks.text(of: value)
    }
  }

  private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }
}
