import Longtail

/// Trains runs that differ in their seeds alone, as many at a time as the device has room for.
struct SeedTraining {
  /// How a run ended.
  struct Outcome {
    let run: RecordedRun
    let evaluation: Evaluation?
  }

  /// Runs at a time that were asked for.
  let atOnce: Int?
  /// Whether no progress is shown.
  let isQuiet: Bool
  /// What a run is called in progress lines.
  let name: (RecordedRun) -> String
  /// What to do after the run was stopped.
  let advice: (RecordedRun) -> String
  /// Where remarks go; they may come from other threads.
  let notice: (@Sendable (String) -> Void)?

  /// Trains all runs.
  /// - Throws: `Interruption` after a signal; what went wrong with a run, once the others have saved and ended.
  func train(_ runs: [RecordedRun], on data: TrainingData? = nil) throws -> [Outcome] {
    guard let first = runs.first else { return [] }
    let width = try width(first, count: runs.count)
    guard width > 1 else {
      return try runs.enumerated().map { try together([$1], data, laterRuns: runs.count - 1 - $0)[0] }
    }
    let data = try data ?? first.prepareData(notice: notice)
    return try stride(from: 0, to: runs.count, by: width).flatMap { start in
      let end = min(start + width, runs.count)
      return try together(Array(runs[start..<end]), data, laterRuns: runs.count - end)
    }
  }

  /// Small images leave most of a GPU idle.
  private func width(_ run: RecordedRun, count: Int) throws -> Int {
    let compute = try ComputeSettings(run.launch)
    guard compute.usesCUDAGraphs else {
      if atOnce ?? 1 > 1 { notice?("note: --at-once needs a GPU and --capture; one seed follows the other here") }
      return 1
    }
    return min(count, atOnce ?? (run.settings.model.inputSize <= 64 ? 8 : 1))
  }

  /// Trains runs at the same time; an error of one ends the others at their next step, with a checkpoint.
  private func together(_ runs: [RecordedRun], _ data: TrainingData?, laterRuns: Int) throws -> [Outcome] {
    let signals = SignalWatch()
    defer { signals.end() }
    // A line that is redrawn belongs to one run; the others go the same way.
    let trainers = try runs.enumerated().map { number, run in
      try run.trainer(
        on: data ?? run.prepareData(notice: notice),
        observers: isQuiet || number > 0 ? [] : [TrainingProgress(name: name(run), laterRuns: laterRuns)],
        stop: signals.stop, notice: notice)
    }
    let results = TrainingLoop(trainers, stop: signals.stop).run()
    var outcomes: [Outcome] = []
    var interruption: (any Error)?
    for (run, result) in zip(runs, results) {
      do {
        outcomes.append(Outcome(run: run, evaluation: try run.finish(result)))
      } catch TrainingError.stopped(let stage, let step, let checkpoint) {
        let text = TrainingError.stopped(stage: stage, step: step, checkpoint: checkpoint).description
        interruption =
          interruption ?? Interruption(signal: signals.received, description: "\(text); \(advice(run))")
      } catch {
        // What went wrong counts, not that the others stopped because of it.
        if interruption == nil || interruption is Interruption { interruption = error }
      }
    }
    if let interruption { throw interruption }
    return outcomes
  }
}
