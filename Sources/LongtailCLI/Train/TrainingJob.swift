import Foundation
import Longtail

/// What `train` does once its arguments are understood: one run or several, with progress, signals and a result.
struct TrainingJob {
  private let command: TrainCommand

  init(_ command: TrainCommand) { self.command = command }

  func start(_ launch: RunLaunch, _ directory: DataDirectory, tree: SettingsTree, seeds: [UInt64]?) throws {
    let path = command.out ?? freeFolder(for: launch.recipe)
    if let present = try? FileManager.default.contentsOfDirectory(atPath: path), !present.isEmpty {
      throw RunError.folderNotEmpty(path: path)
    }
    let data = try prepareData(launch, directory, tree)
    if let seeds { return try startSeeds(seeds, launch, tree, data, path) }
    let run = try RecordedRun.begin(launch, settings: tree, at: path, version: ToolVersion.text)
    try finish(try train([run], data), path: path)
  }

  func resume(_ path: String) throws {
    let folders = RunFolder(path).seedFolders
    let runs = folders.isEmpty ? [path] : folders.map(\.path)
    var unfinished: [RecordedRun] = []
    for path in runs {
      let run = try RecordedRun.reopen(path, workers: command.workers > 0 ? command.workers : nil)
      if run.isFinished {
        say("\(path): finished already; 'longtail eval \(path)' measures it again")
        continue
      }
      try restoreThreads(run)
      unfinished.append(run)
    }
    let outcomes = try train(unfinished)
    if !outcomes.isEmpty { try finish(outcomes, path: path) }
  }

  struct Outcome {
    let run: RecordedRun
    let evaluation: Evaluation?
  }

  private func startSeeds(
    _ seeds: [UInt64], _ launch: RunLaunch, _ tree: SettingsTree, _ data: TrainingData, _ path: String
  ) throws {
    let parent = RunFolder(path)
    // All folders exist before the first run begins, so that a resume knows every seed.
    let runs = try seeds.map { seed in
      var launch = launch
      launch.holdOutSeed = launch.seed
      launch.seed = seed
      return try RecordedRun.begin(
        launch, settings: tree, at: parent.seedFolder(Int(clamping: seed)).path, version: ToolVersion.text)
    }
    try finish(train(runs, on: data), path: path)
  }

  /// Trains runs that differ in their seeds alone, as many at a time as the device has room for.
  private func train(_ runs: [RecordedRun], on data: TrainingData? = nil) throws -> [Outcome] {
    guard let first = runs.first else { return [] }
    let width = try atOnce(first, count: runs.count)
    guard width > 1 else { return try runs.map { try train([$0], data)[0] } }
    let data = try data ?? first.prepareData(notice: notice)
    return try stride(from: 0, to: runs.count, by: width).flatMap { start in
      try train(Array(runs[start..<min(start + width, runs.count)]), data)
    }
  }

  /// Small pictures leave most of a GPU idle.
  private func atOnce(_ run: RecordedRun, count: Int) throws -> Int {
    let compute = try ComputeSettings(run.launch)
    guard compute.recordsSteps else {
      if command.atOnce ?? 1 > 1 { say("note: --at-once needs a GPU and --capture; one seed follows the other here") }
      return 1
    }
    return min(count, command.atOnce ?? (run.settings.model.inputSize <= 64 ? 8 : 1))
  }

  /// Reads the data, and finds out what is wrong with them, before a folder is made.
  private func prepareData(
    _ launch: RunLaunch, _ directory: DataDirectory, _ tree: SettingsTree
  ) throws -> TrainingData {
    let settings = try RecipeRegistry.recipe(named: launch.recipe).settings(from: tree)
    guard directory.classNames.count >= 2 else {
      throw DataSourceError.badSetting(
        name: launch.data, value: "1 class (\(directory.classNames.first ?? ""))",
        expected: "at least 2 classes: one folder a class, or several labels in the list")
    }
    let model = try settings.model.description.outline(classes: directory.classNames.count)
    // Counting walks through the network, which shows whether it takes pictures of this size.
    _ = try model.operationCounts(inputSize: settings.model.inputSize)
    if !launch.weights.isEmpty {
      let match = try WeightsFile(launch.weights).match(with: model)
      guard match.report.hasBackbone, match.report.extra.isEmpty else { throw match.mismatch }
      let report = match.report
      say(
        "weights: \(report.matched.count + report.resized.count) of \(model.state.count) tensors fit "
          + settings.model.backbone + (report.newHead.isEmpty ? "" : "; the head starts afresh"))
    }
    let wanted = settings.model.inputSize
    if let image = try? directory.training.imageSize(at: 0), image.width != wanted || image.height != wanted {
      say(
        "note: the recipe is made for \(wanted) x \(wanted) pixels and the pictures have others (the first one "
          + "\(image.width) x \(image.height)): their short side is resized and the middle cut out; --set model.inputSize=N changes it"
      )
    }
    if settings.data.imbalanceFactor > 1, launch.trainingList.isEmpty, !TrainingData.thins(directory, settings.data) {
      say(
        "note: the recipe thins CIFAR to a factor of \(settings.data.imbalanceFactor); these data are used as they are")
    }
    if directory.evaluation == nil {
      say("note: the data have no test set, so nothing is measured; --hold-out 0.2 sets a fifth of the images aside")
    }
    for note in directory.notes { say("note: \(note)") }
    sayWhatWasChosen(tree)
    if launch.capturesSteps, try ComputeSettings(launch).device.kind != .cuda {
      say("note: --capture records steps on GPUs only; this run computes on the processor")
    }
    let data = try settings.prepare(
      directory, choosing: launch.dataSettings(settings.data), on: ComputeSettings(launch).device,
      loading: launch.loading, skipsUnreadable: launch.skipsUnreadable, notice: notice)
    // Parts that do not fit together are told before a folder is made.
    _ = try launch.recipe(settings, for: data.classes).model.outline(classes: data.classes.classCount)
    return data
  }

  private func sayWhatWasChosen(_ tree: SettingsTree) {
    let told = ["model.inputSize", "model.backbone", "training.batchSize", "training.length"]
    let chosen = tree.leaves.compactMap { path, value, origin -> String? in
      guard case .data(let reason) = origin, told.contains(path) else { return nil }
      return "\(path)=\(value.stringValue ?? value.compactText) (\(reason))"
    }
    guard !chosen.isEmpty else { return }
    say("note: chosen for these data: \(chosen.joined(separator: ", ")); --print-config shows all, --set changes them")
  }

  /// Trains runs at the same time; an error of one ends the others at their next step, with a checkpoint.
  private func train(_ runs: [RecordedRun], _ data: TrainingData?) throws -> [Outcome] {
    let signals = SignalWatch()
    defer { signals.end() }
    // A line that is redrawn belongs to one run; the others go the same way.
    let trainers = try runs.enumerated().map { number, run in
      try run.trainer(
        on: data ?? run.prepareData(notice: notice),
        observers: command.quiet || number > 0 ? [] : [TrainingProgress(name: run.folder.name)], stop: signals.stop,
        notice: notice)
    }
    let results = ConcurrentTraining(trainers, stop: signals.stop).run()
    var outcomes: [Outcome] = []
    var interruption: (any Error)?
    for (run, result) in zip(runs, results) {
      do {
        outcomes.append(Outcome(run: run, evaluation: try run.finish(result)))
      } catch TrainingError.stopped(let stage, let step, let checkpoint) {
        let text = TrainingError.stopped(stage: stage, step: step, checkpoint: checkpoint).description
        let place =
          runs.count > 1 ? URL(fileURLWithPath: run.folder.path).deletingLastPathComponent().path : run.folder.path
        interruption =
          interruption
          ?? Interruption(
            signal: signals.received, description: "\(text); go on with: longtail train --resume \(place)")
      } catch {
        // What went wrong counts, not that the others stopped because of it.
        if interruption == nil || interruption is Interruption { interruption = error }
      }
    }
    if let interruption { throw interruption }
    return outcomes
  }

  /// Other numbers of threads add up in another order: the bits would differ from an uninterrupted run's.
  private func restoreThreads(_ run: RecordedRun) throws {
    let recorded = try run.folder.readEnvironment().threads
    guard recorded != Engine.threadCount else { return }
    if recorded <= ProcessInfo.processInfo.activeProcessorCount {
      try Engine.setThreadCount(recorded)
    } else {
      say(
        "note: the run was started with \(recorded) threads, this machine has "
          + "\(ProcessInfo.processInfo.activeProcessorCount): the result will differ in its last bits")
    }
  }

  private func finish(_ outcomes: [Outcome], path: String) throws {
    for outcome in outcomes where outcome.evaluation != nil {
      try RunReport.page([RunReport.Method(outcome.run.folder)], title: outcome.run.launch.recipe)
        .write(to: outcome.run.folder.reportPath)
    }
    if outcomes.count > 1 {
      try RunReport.page([RunReport.Method(RunFolder(path))], title: outcomes[0].run.launch.recipe)
        .write(to: RunFolder(path).reportPath)
    }
    let summaries = outcomes.map { RunSummary($0.run.folder) }
    if command.json { return Console.output(try JSONValue(encoding: summaries).indentedText) }
    guard outcomes.contains(where: { $0.evaluation != nil }) else {
      return Console.output("trained, not measured: \(path)")
    }
    let table = try outcomes.count > 1 ? RunComparison(summaries).table : RunQuery.table(summaries)
    Console.output(table.plainText)
    Console.output("run: \(path)   report: \(RunFolder(path).reportPath)")
  }

  private func freeFolder(for recipe: String) -> String {
    let base = "runs/" + recipe.replacingOccurrences(of: "/", with: "-")
    var path = base
    var number = 2
    while FileManager.default.fileExists(atPath: path) {
      path = "\(base)-\(number)"
      number += 1
    }
    return path
  }

  private func say(_ text: String) { notice?(text) }

  /// Where remarks go; they may come from other threads.
  private var notice: (@Sendable (String) -> Void)? {
    guard !command.quiet else { return nil }
    return { @Sendable text in Console.error(text) }
  }
}
