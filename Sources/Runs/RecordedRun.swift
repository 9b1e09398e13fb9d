import Datasets
import Foundation
import LongtailMethods
import ModelEvaluation
import ModelTraining
import RunRecords
import Serialization
import Torch
import VisionModels

/// A run with its folder: started or resumed, trained, and written down.
public final class RecordedRun {
  /// Where everything is written.
  public let folder: RunFolder
  /// What the run was started with.
  public let launch: RunLaunch
  /// Its settings, resolved.
  public let settings: any Method
  /// The run's identifier and choices, which its checkpoints carry.
  public let identity: RunIdentity
  private var lock: RunLock?
  private var session: Session?
  private var model: (any ImageModel)?

  /// What is at hand while the run trains.
  private struct Session {
    let recipe: Recipe
    let data: TrainingData
    let recorder: RunRecorder
    let place: LastPosition
  }

  /// Starts a run in a new folder.
  ///
  /// - Parameters:
  ///   - launch: recipe, data, seed and device.
  ///   - tree: the settings with the origin of each value.
  ///   - path: the folder, which must not exist or be empty.
  ///   - version: the version of the program, for the record.
  /// - Throws: `RunError.folderNotEmpty`, `SettingsError`; nothing that exists is changed.
  public static func begin(
    _ launch: RunLaunch, settings tree: SettingsTree, at path: String, version: String
  ) throws -> RecordedRun {
    let settings = try RecipeRegistry.recipe(named: launch.recipe).settings(from: tree)
    let compute = try ComputeSettings(launch)
    var launch = launch
    try launch.noteFiles()
    let folder = RunFolder(path)
    let lock = try folder.startRun()
    do {
      try folder.write(tree, recipe: launch.recipe)
      try folder.write(
        RunEnvironment(
          packageVersion: version, commit: ProcessInfo.processInfo.environment["LONGTAIL_COMMIT"],
          engineVersion: Engine.installedVersion ?? Engine.compiledVersion,
          device: compute.device.description, deviceName: compute.device.hardwareName, threads: Engine.threadCount,
          precision: compute.precision.rawValue, computing: compute.summary, seed: Int(clamping: launch.seed)))
      launch.record = try RunRecord(launch, recipe: folder.recipePath)
      let written = try launch.writtenSettings(in: folder)
      try JSONFile.write(launch, to: folder.launchPath)
      return RecordedRun(
        folder: folder, launch: launch, settings: settings, identity: launch.identity(settings: written), lock: lock)
    } catch {
      // A start that failed leaves nothing, as far as the system lets it.
      for file in [folder.recipePath, folder.environmentPath, folder.checkpointsPath] {
        try? FileManager.default.removeItem(atPath: file)
      }
      throw error
    }
  }

  /// Opens a run to go on with it, with everything it was started with.
  ///
  /// - Parameters:
  ///   - path: the run's folder.
  ///   - workers: threads that read and decode images, when they shall be others; they change no result.
  /// - Throws: `RunError.malformed` when the files that say what the run is have been changed since it began; nothing is changed.
  public static func reopen(_ path: String, workers: Int? = nil) throws -> RecordedRun {
    let folder = try RunFolder.open(at: path)
    var launch = try JSONFile.read(RunLaunch.self, from: folder.launchPath)
    try launch.checkRecord(of: folder)
    if let workers { launch.loading.workers = workers }
    let tree = try launch.writtenSettings(in: folder)
    return RecordedRun(
      folder: folder, launch: launch, settings: try RecipeRegistry.recipe(named: launch.recipe).settings(from: tree),
      identity: launch.identity(settings: tree), lock: try RunLock(folder))
  }

  private init(
    folder: RunFolder, launch: RunLaunch, settings: any Method, identity: RunIdentity, lock: RunLock
  ) {
    self.folder = folder
    self.launch = launch
    self.settings = settings
    self.identity = identity
    self.lock = lock
  }

  /// The settings with the origin that the run's own file gives each value.
  public func settingsTree() throws -> SettingsTree { try launch.writtenSettings(in: folder) }

  /// Whether the run has come to its end, and its measurement is there if its data have a test set.
  public var isFinished: Bool {
    guard let entries = try? LogFile.entries(folder.logPath),
      entries.last?["event"] == .string(LogEvent.finished.rawValue)
    else { return false }
    let isMeasured = entries.contains { $0["event"] == .string(LogEvent.evaluation.rawValue) }
    return !isMeasured || !RunSummary(folder).values.isEmpty
  }

  /// Opens the data that the run was started with.
  public func openData() throws -> DataDirectory { try launch.openData() }

  /// Trains from the last checkpoint, or from the start, and writes the measurement.
  ///
  /// - Parameters:
  ///   - data: the prepared data, when they are at hand already; else they are prepared.
  ///   - observers: what else watches.
  ///   - stop: a signal to finish the step, save and end.
  ///   - progress: called now and then while images are decoded.
  ///   - notice: called with what takes long or much room before it is done, and when images are waited for.
  /// - Throws: `TrainingError.stopped` after a stop; the run can be resumed.
  @discardableResult
  public func train(
    on data: TrainingData? = nil, observers: [any TrainingObserver] = [], stop: StopSignal = StopSignal(),
    progress: DataProgress? = nil, notice: (@Sendable (String) -> Void)? = nil
  ) throws -> Evaluation? {
    let data = try data ?? prepareData(progress: progress, notice: notice)
    let trainer = try trainer(on: data, observers: observers, stop: stop, notice: notice)
    return try finish(Result { try trainer.run() })
  }

  /// Prepares the data that the run was started with.
  public func prepareData(
    progress: DataProgress? = nil, notice: (@Sendable (String) -> Void)? = nil
  ) throws -> TrainingData {
    try settings.prepare(
      openData(), choosing: launch.dataSettings(settings.data), on: ComputeSettings(launch).device,
      loading: launch.loading, skipsUnreadable: launch.skipsUnreadable, progress: progress, notice: notice)
  }

  /// Makes what trains the run, from its last checkpoint or from the start; `finish` is to be told how that ended.
  ///
  /// - Parameters:
  ///   - data: the prepared data.
  ///   - observers: what else watches.
  ///   - stop: a signal to finish the step, save and end.
  ///   - notice: called with what does not go as asked for.
  public func trainer(
    on data: TrainingData, observers: [any TrainingObserver] = [], stop: StopSignal = StopSignal(),
    notice: (@Sendable (String) -> Void)? = nil
  ) throws -> Trainer {
    let recipe = try launch.recipe(settings, for: data.classes)
    let store = CheckpointStore(folder: folder.checkpointsPath)
    let last = try store.last()
    try last?.check(run: identity)
    try last?.check(dataDigest: data.digest)
    try checkFiles(neededAfter: last?.position, by: recipe)
    let recorder = RunRecorder(folder, resumingFrom: last?.position, unreadable: data.unreadable)
    let place = LastPosition()
    var options = Trainer.Options()
    options.evaluationInterval = launch.evaluationInterval
    options.secondsBetweenCheckpoints = launch.checkpointInterval
    options.notice = notice
    options.run = identity
    if !launch.weights.isEmpty {
      options.loadPretrainedWeights = { [path = launch.weights] in try WeightsFile(path).load(into: $0) }
    }
    session = Session(recipe: recipe, data: data, recorder: recorder, place: place)
    let trainer = try Trainer(
      recipe, data: data, compute: ComputeSettings(launch), seed: launch.seed, options: options, store: store,
      observers: [recorder, place] + observers, stop: stop)
    model = trainer.model
    if last == nil, !launch.weights.isEmpty { try WeightsFile(launch.weights).load(into: trainer.model) }
    return trainer
  }

  /// Refuses weights and finished stages that have changed since the run began, as far as the rest of the run takes them.
  private func checkFiles(neededAfter position: CheckpointPosition?, by recipe: Recipe) throws {
    // What has begun holds what it has taken.
    let begun = position.map { $0.stage + 1 } ?? 0
    let initializations = recipe.stages.dropFirst(begun).flatMap(\.initializations)
    if !launch.weights.isEmpty, position == nil || initializations.contains(.reinitializedModel) {
      try checkFile(launch.weights, launch.fileDigests[launch.weights])
    }
    for case .finishedStage(let path) in initializations { try checkFile(path, launch.fileDigests[path]) }
  }

  private func checkFile(_ path: String, _ digest: String?) throws {
    guard let digest, try FileDigest(of: path).hexadecimal != digest else { return }
    throw RunError.malformed(
      path: path, reason: "the file has changed since the run \(folder.path) began; restore it, or start a new run")
  }

  /// Writes down how training ended.
  ///
  /// - Parameter outcome: what the trainer's run gave.
  /// - Returns: the measurement.
  /// - Throws: the outcome's error.
  @discardableResult
  public func finish(_ outcome: Result<Evaluation?, any Error>) throws -> Evaluation? {
    guard let session else { return try outcome.get() }
    let place = session.place.progress
    do {
      let evaluation = try outcome.get()
      if let evaluation, let place, let test = session.data.test {
        try folder.write(
          evaluation, recipe: session.recipe.name, seed: launch.seed, progress: place, names: session.data.testNames,
          labels: test.hostLabels, classes: session.data.classes, unreadable: session.data.unreadable)
        if let model = model as? any ActivationMapping {
          try ActivationMapImages(
            model: model, preprocessing: session.recipe.preprocessing, classes: session.data.classes
          ).write(test, to: folder)
        }
      }
      try session.recorder.end(.finished, step: place?.runStep ?? 0)
      // What reads the run from now on must see that nobody writes it any more.
      lock = nil
      return evaluation
    } catch let stopped as TrainingError {
      let event: LogEvent = if case .stopped = stopped { .interrupted } else { .failed }
      try session.recorder.end(event, step: place?.runStep ?? 0, reason: stopped.description)
      throw stopped
    }
  }
}

/// Remembers where training is.
private final class LastPosition: TrainingObserver {
  var progress: StageProgress?

  func observe(_ event: TrainingEvent) {
    switch event {
    case .stageBegan(let place), .interval(let place, _), .evaluated(let place, _), .saved(let place, _),
      .stageEnded(let place):
      progress = place
    }
  }
}

extension RunLaunch {
  /// Opens the data folder, or draws the synthetic images; sets images aside for testing if asked to.
  public func openData() throws -> DataDirectory {
    var options = DataDirectoryOptions()
    options.allowsEmptyClasses = allowsEmptyClasses
    options.trainingList = trainingList.isEmpty ? nil : trainingList
    options.classNamesFile = classNamesFile.isEmpty ? nil : classNamesFile
    options.reading = reading
    if relaxesCounts { options.countCheck = .none }
    let directory =
      data == "synthetic"
      ? try DataDirectory.synthetic(options: options) : try DataDirectory.open(data, options: options)
    guard holdOut > 0 else { return directory }
    return try directory.holdingOut(fraction: holdOut, seed: holdOutSeed ?? seed)
  }

  /// The recipe that some settings give, with the loss that was asked for, and without the training of stages that are taken.
  public func recipe(_ settings: any Method, for classes: ClassDistribution) throws -> Recipe {
    let plain = try settings.recipe(named: recipe, for: classes)
    let chosen = try objective.map { try plain.replacingObjective(by: $0, for: classes) } ?? plain
    return try finishedStages.isEmpty ? chosen : chosen.usingFinishedStages(finishedStages)
  }

  /// Which images a recipe's settings choose from these data: a list has chosen already.
  public func dataSettings(_ settings: DataSettings) -> DataSettings {
    var settings = settings
    if !trainingList.isEmpty { settings.imbalanceFactor = 1 }
    return settings
  }
}

extension ComputeSettings {
  /// Where and how a launch computes; sets the engine's thread count if the launch names one.
  public init(_ launch: RunLaunch) throws {
    try Engine.verify()
    if launch.threads > 0 { try Engine.setThreadCount(launch.threads) }
    let precision: Precision?
    switch launch.precision {
    case "auto": precision = nil
    case let name:
      guard let known = Precision(rawValue: name) else {
        throw TorchError.device("unknown precision '\(name)'; use auto, float32 or bfloat16")
      }
      precision = known
    }
    self.init(device: try Device(named: launch.device), precision: precision)
    capturesSteps = launch.capturesSteps
    if launch.kernels != "auto" {
      guard let known = Kernels(rawValue: launch.kernels) else {
        throw TorchError.device("unknown kernels '\(launch.kernels)'; use auto, plain or fused")
      }
      kernels = known
    }
    stepsPerReplay = launch.stepsPerReplay
    usesTF32 = launch.usesTF32
    isDeterministic = launch.isDeterministic
  }
}

extension RecipeEntry {
  /// The defaults as a tree that files and `--set` can change.
  public func settingsTree() throws -> SettingsTree { try settings.tree() }

  /// The settings with a tree's values in place of the defaults.
  public func settings(from tree: SettingsTree) throws -> any Method { try settings.replaced(by: tree) }

  /// The same while values that nobody gave are still to be worked out: rules of given ones alone are checked.
  func givenSettings(from tree: SettingsTree) throws -> any Method {
    try settings.replaced(by: tree, checksGivenOnly: true)
  }
}

extension Method {
  fileprivate func tree() throws -> SettingsTree { try SettingsTree(defaults: self) }
  fileprivate func replaced(by tree: SettingsTree, checksGivenOnly: Bool = false) throws -> Self {
    try tree.decode(Self.self, checksGivenOnly: checksGivenOnly)
  }
}
