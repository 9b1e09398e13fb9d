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
  public let options: RunOptions
  /// The recipe.
  public let recipe: RecipeEntry
  /// The resolved settings.
  public let method: any Method
  /// The run's identifier and choices, which its checkpoints carry.
  public let identity: RunIdentity
  /// The last measurement of this process; nil before training has ended, and where the data have no test set.
  public private(set) var evaluation: Evaluation?
  private var lock: RunLock?
  private var session: Session?

  /// What the run holds while it trains.
  private struct Session {
    let recipe: Recipe
    let data: TrainingData
    let model: any ImageModel
    let recorder: RunRecorder
    let position: LastPosition
  }

  /// Starts a run in a new folder.
  ///
  /// - Parameter configuration: the resolved run.
  /// - Throws: `RunError.folderNotEmpty`, `SerializationError`; nothing that exists is changed.
  public static func begin(_ configuration: RunConfiguration) throws -> RecordedRun {
    let compute = configuration.compute
    var options = configuration.options
    try options.noteFiles()
    let folder = RunFolder(configuration.folder)
    let lock = try folder.startRun()
    do {
      try folder.write(configuration.settings, recipe: options.recipe)
      try folder.write(
        RunEnvironment(
          packageVersion: PackageVersion.text, commit: ProcessInfo.processInfo.environment["LONGTAIL_COMMIT"],
          engineVersion: Engine.installedVersion ?? Engine.compiledVersion,
          device: compute.device.description, deviceName: compute.device.hardwareName, threads: Engine.threadCount,
          precision: compute.precision.rawValue, computing: compute.summary, seed: Int(clamping: options.seed)))
      options.record = try RunRecord(options, recipe: folder.recipePath)
      let written = try configuration.recipe.settingsTree(writtenIn: folder)
      try JSONFile.write(options, to: folder.launchPath)
      return RecordedRun(
        folder: folder, options: options, recipe: configuration.recipe, method: configuration.method,
        identity: options.identity(settings: written), lock: lock)
    } catch {
      // A start that failed leaves nothing, as far as the system lets it.
      for file in [folder.recipePath, folder.environmentPath, folder.checkpointsPath] {
        try? FileManager.default.removeItem(atPath: file)
      }
      throw error
    }
  }

  /// Opens a run to resume it, with everything it was started with.
  ///
  /// - Parameters:
  ///   - path: the run's folder.
  ///   - workers: another number of threads that read and decode images; they change no result.
  /// - Throws: `RunError.malformed` when the files that say what the run is have been changed since it began; nothing is changed.
  public static func reopen(_ path: String, workers: Int? = nil) throws -> RecordedRun {
    let folder = try RunFolder.open(at: path)
    var options = try RunOptions.read(from: folder)
    try options.checkRecord(of: folder)
    if let workers { options.data.storage.workers = workers }
    let recipe = try RecipeRegistry.recipe(named: options.recipe)
    let tree = try recipe.settingsTree(writtenIn: folder)
    return RecordedRun(
      folder: folder, options: options, recipe: recipe, method: try recipe.settings(from: tree),
      identity: options.identity(settings: tree), lock: try RunLock(folder))
  }

  private init(
    folder: RunFolder, options: RunOptions, recipe: RecipeEntry, method: any Method, identity: RunIdentity,
    lock: RunLock
  ) {
    self.folder = folder
    self.options = options
    self.recipe = recipe
    self.method = method
    self.identity = identity
    self.lock = lock
  }

  /// The settings with the origin that the run's own file gives each value.
  public func settingsTree() throws -> SettingsTree { try recipe.settingsTree(writtenIn: folder) }

  /// Whether the run has come to its end, and its measurement is there if its data have a test set.
  public var isFinished: Bool {
    guard let entries = try? LogFile.entries(folder.logPath),
      entries.last?["event"] == .string(LogEvent.finished.rawValue)
    else { return false }
    let isMeasured = entries.contains { $0["event"] == .string(LogEvent.evaluation.rawValue) }
    return !isMeasured || !RunSummary(folder).values.isEmpty
  }

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
    try method.prepare(
      options.data.open(seed: options.seed), choosing: options.data.selection(method.data),
      on: options.compute.settings().device, loading: options.data.storage,
      skipsUnreadable: options.data.skipsUnreadable, progress: progress, notice: notice)
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
    let recipe = try options.recipe(of: method, for: data.classes)
    let store = CheckpointStore(folder: folder.checkpointsPath)
    let last = try store.last()
    try last?.check(run: identity)
    try last?.check(dataDigest: data.digest)
    try checkFiles(neededAfter: last?.position, by: recipe)
    let recorder = RunRecorder(folder, resumingFrom: last?.position, unreadable: data.unreadable)
    let position = LastPosition()
    var training = Trainer.Options()
    training.evaluationInterval = options.evaluationInterval
    training.secondsBetweenCheckpoints = options.checkpointInterval
    training.notice = notice
    training.run = identity
    if let weights = options.weights { training.loadPretrainedWeights = { try WeightsFile(weights).load(into: $0) } }
    let trainer = try Trainer(
      recipe, data: data, compute: options.compute.settings(), seed: options.seed, options: training, store: store,
      observers: [recorder, position] + observers, stop: stop)
    session = Session(recipe: recipe, data: data, model: trainer.model, recorder: recorder, position: position)
    if last == nil, let weights = options.weights { try WeightsFile(weights).load(into: trainer.model) }
    return trainer
  }

  /// Refuses weights and finished stages that have changed since the run began, as far as the rest of the run takes them.
  private func checkFiles(neededAfter position: CheckpointPosition?, by recipe: Recipe) throws {
    // A stage that has begun holds the weights that it was initialised with.
    let begun = position.map { $0.stage + 1 } ?? 0
    let initializations = recipe.stages.dropFirst(begun).flatMap(\.initializations)
    if let weights = options.weights, position == nil || initializations.contains(.reinitializedModel) {
      try checkFile(weights)
    }
    for case .finishedStage(let path) in initializations { try checkFile(path) }
  }

  private func checkFile(_ path: String) throws {
    guard let digest = options.fileDigests[path], try FileDigest(of: path).hexadecimal != digest else { return }
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
    let progress = session.position.progress
    do {
      evaluation = try outcome.get()
      if let evaluation, let progress, let test = session.data.test {
        try folder.write(
          evaluation, recipe: session.recipe.name, seed: options.seed, progress: progress,
          names: session.data.testNames,
          labels: test.hostLabels, classes: session.data.classes, unreadable: session.data.unreadable)
        if let model = session.model as? any ActivationMapping {
          try ActivationMapImages(
            model: model, preprocessing: session.recipe.preprocessing, classes: session.data.classes
          ).write(test, to: folder)
        }
      }
      try session.recorder.end(.finished, step: progress?.runStep ?? 0)
      // Readers of the run must see from now on that nobody writes it any more.
      lock = nil
      return evaluation
    } catch let stopped as TrainingError {
      let event: LogEvent = if case .stopped = stopped { .interrupted } else { .failed }
      try session.recorder.end(event, step: progress?.runStep ?? 0, reason: stopped.description)
      throw stopped
    }
  }
}

extension RecordedRun {
  /// The share of the test images that the trained network classifies right; nil without a test set, and before training has ended.
  public var accuracy: Double? { evaluation?.result.accuracy }

  /// The mean accuracy of the classes of a shot group.
  ///
  /// - Parameter group: many, medium or few training images.
  /// - Returns: nil where no class of the group has test images, without a test set, and before training has ended.
  public func accuracy(of group: ShotGroup) -> Double? { evaluation?.result.accuracy(of: group) }
}

extension RecipeEntry {
  /// The resolved settings as a run's `recipe.yaml` has them.
  ///
  /// - Throws: `SettingsError`.
  fileprivate func settingsTree(writtenIn folder: RunFolder) throws -> SettingsTree {
    var tree = try settingsTree()
    try tree.apply(try folder.readSettings())
    return tree
  }
}

/// Remembers how far training is.
private final class LastPosition: TrainingObserver {
  var progress: StageProgress?

  func observe(_ event: TrainingEvent) {
    switch event {
    case .stageBegan(let progress), .interval(let progress, _), .evaluated(let progress, _), .saved(let progress, _),
      .stageEnded(let progress):
      self.progress = progress
    }
  }
}
