import Foundation
import Longtail
import Serialization

/// What `train` does once its arguments are understood: one run or several, with progress, signals and a result.
struct TrainingJob {
  private let command: TrainCommand

  init(_ command: TrainCommand) { self.command = command }

  func start(_ launch: RunLaunch, _ directory: DataDirectory, tree: SettingsTree, seeds: [UInt64]?) throws {
    let path = command.out ?? freeFolder(for: launch.recipe)
    try RunFolder(path).checkIsFree()
    let data = try prepareData(launch, directory, tree)
    if let seeds { return try startSeeds(seeds, launch, tree, data, path) }
    let run = try RecordedRun.begin(launch, settings: tree, at: path, version: ToolVersion.text)
    try finish(try train([run], on: data), path: path)
  }

  func resume(_ path: String) throws {
    let folders = RunFolder(path).seedFolders
    let runs = folders.isEmpty ? [path] : folders.map(\.path)
    let reopened = try runs.map { try RecordedRun.reopen($0, workers: command.workers) }
    try ResumedOptions(command, path: path).check(reopened)
    var unfinished: [RecordedRun] = []
    var first: RunLaunch?
    for run in reopened {
      let path = run.folder.path
      first = first ?? run.launch
      if run.isFinished {
        try writeMissingReport(of: run.folder, recipe: run.launch.recipe)
        say("\(path): finished already; 'longtail eval \(path)' measures it again")
        continue
      }
      try restoreThreads(run)
      unfinished.append(run)
    }
    let outcomes = try train(unfinished)
    if !outcomes.isEmpty { try finish(outcomes, path: path) }
    if folders.count > 1, let launch = outcomes.first?.run.launch ?? first {
      try writeMissingReport(of: RunFolder(path), recipe: launch.recipe)
    }
  }

  /// Writes the page of runs that ended when it is not there, as after a kill between the last measurement and the page.
  private func writeMissingReport(of folder: RunFolder, recipe: String) throws {
    guard !FileManager.default.fileExists(atPath: folder.reportPath) else { return }
    try writeReport(of: folder, recipe: recipe)
    guard FileManager.default.fileExists(atPath: folder.reportPath) else { return }
    say("\(folder.reportPath): the report was missing and has been made")
  }

  private func startSeeds(
    _ seeds: [UInt64], _ launch: RunLaunch, _ tree: SettingsTree, _ data: TrainingData, _ path: String
  ) throws {
    let parent = RunFolder(path)
    // All folders exist before the first run begins, so that a resume knows every seed; until then the group has a lock of its own.
    let runs = try withExtendedLifetime(parent.startGroup()) {
      try seeds.map { seed in
        var launch = launch
        launch.holdOutSeed = launch.seed
        launch.seed = seed
        return try RecordedRun.begin(
          launch, settings: tree, at: parent.seedFolder(Int(clamping: seed)).path, version: ToolVersion.text)
      }
    }
    try finish(train(runs, on: data), path: path)
  }

  /// Compares weights with the network that training begins with, such as one of several experts.
  private func checkWeights(
    _ launch: RunLaunch, _ settings: any Method, _ directory: DataDirectory
  ) throws {
    let classes = try ClassDistribution(
      labels: directory.training.labels.map(Int32.init), classCount: directory.classNames.count)
    let model = try launch.recipe(settings, for: classes).model(ofStage: 0).outline(classes: classes.classCount)
    let match = try WeightsFile(launch.weights).match(with: model)
    let report = match.report
    guard report.hasBackbone, report.extra.isEmpty else { throw match.mismatch }
    try match.checkFinite()
    say(
      "weights: \(report.matched.count + report.resized.count) of \(model.state.count) tensors fit "
        + settings.model.backbone + (report.newHead.isEmpty ? "" : "; the head starts afresh"))
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
    // Counting walks through the network, which shows whether it takes images of this size.
    _ = try model.operationCounts(inputSize: settings.model.inputSize)
    if !launch.weights.isEmpty { try checkWeights(launch, settings, directory) }
    let wanted = settings.model.inputSize
    if let image = try? directory.training.imageSize(at: 0), image.width != wanted || image.height != wanted {
      say(
        "note: the recipe is made for \(wanted) x \(wanted) pixels and the images have others (the first one "
          + "\(image.width) x \(image.height)): their shorter edge is resized and the middle cut out; --set model.inputSize=N changes it"
      )
    }
    if settings.data.imbalanceFactor > 1, launch.trainingList.isEmpty, !TrainingData.thins(directory, settings.data) {
      say(
        "note: the recipe thins CIFAR to a factor of \(settings.data.imbalanceFactor); these data are used as they are")
    }
    if directory.evaluation == nil {
      say("note: the data have no test set, so nothing is measured; --hold-out 0.2 sets a fifth of the images aside")
    }
    let late = settings.training.unreachedMilestones
    if !late.isEmpty {
      say(
        "note: the learning rate would fall at epoch \(late.map { SettingChecks.text(of: $0) }.joined(separator: " and ")), after the end of "
          + "\(settings.training.length); --set training.schedule=cosine lets it fall within them, or set training.schedule.steps.epochs"
      )
    }
    if settings.needsWeights, launch.weights.isEmpty {
      say(
        "note: most of the network stays near its first weights (model.trainedParts, training.backboneLearningRateMultiplier), and these are drawn at "
          + "random; --weights FILE gives trained ones")
    }
    for note in directory.notes { say("note: \(Printable.text(note))") }
    sayWhatWasChosen(tree)
    if launch.capturesSteps, try ComputeSettings(launch).device.kind != .cuda {
      say("note: --capture records steps on GPUs only; this run computes on the processor")
    }
    let data = try settings.prepare(
      directory, choosing: launch.dataSettings(settings.data), on: ComputeSettings(launch).device,
      loading: launch.loading, skipsUnreadable: launch.skipsUnreadable, notice: notice)
    // Parts that do not fit together are told before a folder is made.
    let recipe = try launch.recipe(settings, for: data.classes)
    try recipe.checkFinishedStages(classNames: data.classes.names)
    warnIfLogitsAreNarrow(recipe, settings, data.classes)
    let network = try recipe.model.outline(classes: data.classes.classCount)
    let operations = try network.operationCounts(inputSize: settings.model.inputSize).total
    say(
      "network: \(settings.model.backbone), \(ModelOverview.grouped(network.parameterCount)) parameters, "
        + "\(ModelOverview.short(operations)) multiply-accumulates an image")
    return data
  }

  /// Scores within -scale...scale cannot make up for a prior that spans more than that.
  private func warnIfLogitsAreNarrow(_ recipe: Recipe, _ settings: any Method, _ classes: ClassDistribution) {
    let counts = classes.counts.filter { $0 > 0 }
    let model = settings.model
    guard let least = counts.min(), let most = counts.max(), model.head == .cosine, model.scaleRule == .fixed else {
      return
    }
    let addsPrior = recipe.stages.contains {
      $0.phases.contains { $0.objectives.values.contains { $0 is BalancedSoftmaxLoss } }
    }
    let span = log(Double(most) / Double(least))
    guard addsPrior, model.cosineScale < span else { return }
    say(
      "note: scores lie within \(model.cosineScale) of 0 and the log prior spans \(String(format: "%.1f", span)), so rare classes cannot win "
        + "by their scores while training; set model.cosineScale to 16 or more")
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

  private func train(_ runs: [RecordedRun], on data: TrainingData? = nil) throws -> [SeedTraining.Outcome] {
    let isGroup = runs.count > 1
    return try SeedTraining(
      atOnce: command.atOnce, isQuiet: command.quiet, name: { $0.folder.name },
      advice: { run in
        let path = run.folder.path
        let place = isGroup ? URL(fileURLWithPath: path).deletingLastPathComponent().path : path
        return "go on with: longtail train --resume \(place)"
      }, notice: notice
    ).train(runs, on: data)
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

  private func finish(_ outcomes: [SeedTraining.Outcome], path: String) throws {
    let folder = RunFolder(path)
    // Of a resumed group only some seeds were trained now; what is shown and compared are all.
    let seeds = folder.seedFolders
    for outcome in outcomes { try writeReport(of: outcome.run.folder, recipe: outcome.run.launch.recipe) }
    if !seeds.isEmpty, let first = outcomes.first { try writeReport(of: folder, recipe: first.run.launch.recipe) }
    let summaries = (seeds.isEmpty ? outcomes.map(\.run.folder) : seeds).map { RunSummary($0) }
    if command.json { return Console.output(try JSONValue(encoding: summaries).indentedText) }
    let report = FileManager.default.fileExists(atPath: folder.reportPath) ? "   report: \(folder.reportPath)" : ""
    guard summaries.contains(where: { !$0.values.isEmpty }) else {
      return Console.output("trained to its end, not measured: the data have no test set\nrun: \(path)\(report)")
    }
    let isComparable = summaries.count > 1 && summaries.allSatisfy { !$0.values.isEmpty }
    let table = try isComparable ? RunComparison(summaries).table : RunQuery.table(summaries)
    Console.output(table.plainText)
    Console.output("run: \(path)\(report)")
  }

  /// Writes the page of a run, or of the seeds in a folder. A run that neither trained an epoch nor was measured has nothing to show.
  private func writeReport(of folder: RunFolder, recipe: String) throws {
    let runs = folder.seedFolders.isEmpty ? [folder] : folder.seedFolders
    let hasContent = runs.map { RunSummary($0) }.contains { !$0.values.isEmpty || $0.lastEpoch != nil }
    guard hasContent else { return }
    try RunReport.page([RunReport.Method(folder)], title: recipe).write(to: folder.reportPath)
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
