import ModelEvaluation
import RunRecords
import Serialization

/// Writes what happens while training into the run's log.
public final class RunRecorder: TrainingObserver {
  private let folder: RunFolder
  private let position: CheckpointPosition?
  private let unreadable: [UnreadableImages]
  private var log: LogWriter?

  /// Records a run, or the rest of a run that is resumed from a checkpoint. Nothing is written before the first stage begins, when
  /// the checkpoint has been checked: a resume that is refused leaves the folder as it was.
  ///
  /// - Parameters:
  ///   - folder: the run's folder.
  ///   - position: the position of the checkpoint; nil for a new run.
  ///   - unreadable: images that are left out because they cannot be decoded; they are logged at the beginning.
  public init(_ folder: RunFolder, resumingFrom position: CheckpointPosition?, unreadable: [UnreadableImages] = []) {
    self.folder = folder
    self.position = position
    self.unreadable = unreadable
  }

  /// Opens the log; of a resumed run, lines that were written after its checkpoint are removed.
  ///
  /// - Parameter stage: the stage that begins or is resumed.
  private func openLog(stage: String) throws -> LogWriter {
    for path in [folder.path, folder.checkpointsPath] { AtomicFile.removeAbandonedPartials(in: path) }
    guard let position else {
      let log = try LogWriter(folder.logPath, resumingAtStep: -1)
      try log.append(.started, step: 0)
      return log
    }
    // The end of a stage is saved, then evaluated: a resumed run evaluates it again.
    let log = try LogWriter(folder.logPath, resumingAtStep: position.runStep) { line in
      position.isEndOfStage && line["step"] == .integer(position.runStep) && line["stage"] == .string(stage)
        && [LogEvent.evaluation, .stageEnded].contains { line["event"] == .string($0.rawValue) }
    }
    try log.append(.resumed, step: position.runStep)
    return log
  }

  /// Appends a line for an event.
  public func observe(_ event: TrainingEvent) throws {
    if case .stageBegan(let progress) = event, log == nil {
      log = try openLog(stage: progress.stage)
      // A resumed run has the same images, and logged them when it began.
      if position == nil { for images in unreadable { try log?.append(.unreadableImages, step: 0, images.json) } }
    }
    guard let log else { return }
    switch event {
    case .stageBegan, .saved: break
    case .interval(let progress, let metrics):
      var members = members(progress)
      members["loss"] = .number(metrics.loss)
      for term in metrics.losses { members["loss/" + term.name] = .number(term.value) }
      members["trainingAccuracy"] = .number(metrics.trainingAccuracy)
      members["learningRate"] = .number(metrics.learningRate)
      members["imagesPerSecond"] = .number(metrics.imagesPerSecond)
      members["waitingShare"] = .number(metrics.waitingShare)
      for item in metrics.measurements { members[item.name] = .array(item.values.map { .number($0) }) }
      if !metrics.curves.isEmpty { members["curves"] = LearnedCurve.json(metrics.curves) }
      let endsEpoch = progress.step % progress.stepsPerEpoch == 0 || progress.step == progress.totalSteps
      try log.append(endsEpoch ? .epoch : .interval, step: progress.runStep, epoch: progress.epoch, members)
    case .evaluated(let progress, let evaluation):
      var members = members(progress)
      for (name, value) in evaluation.result.headline { members[name] = .number(value) }
      try log.append(.evaluation, step: progress.runStep, epoch: progress.epoch, members)
    case .stageEnded(let progress):
      try log.append(.stageEnded, step: progress.runStep, epoch: progress.epoch, members(progress))
    }
  }

  /// Logs how the run ended; nothing for a run of which no stage has begun.
  public func end(_ event: LogEvent, step: Int, reason: String? = nil) throws {
    try log?.append(event, step: step, reason.map { ["reason": .string($0)] } ?? [:])
  }

  private func members(_ progress: StageProgress) -> JSONObject {
    ["stage": .string(progress.stage), "stageStep": .integer(progress.step)]
  }
}
