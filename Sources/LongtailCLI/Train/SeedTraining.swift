import Longtail

/// Trains runs that differ only in their seeds, as many at a time as the device has room for.
struct SeedTraining {
  /// How a run ended.
  struct Outcome {
    let run: RecordedRun
    let evaluation: Evaluation?
  }

  /// The number of runs at a time that was asked for.
  let atOnce: Int?
  /// Whether no progress is shown.
  let isQuiet: Bool
  /// What a run is called in progress lines.
  let name: (RecordedRun) -> String
  /// What to do after the run was stopped.
  let advice: (RecordedRun) -> String
  /// Where notes go; they may come from other threads.
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
    guard try run.options.compute.settings().usesCUDAGraphs else {
      if atOnce ?? 1 > 1 {
        notice?("note: --at-once needs a GPU and --cuda-graphs; the seeds are trained one after another")
      }
      return 1
    }
    return min(count, atOnce ?? (run.method.model.inputSize <= 64 ? 8 : 1))
  }

  /// Trains runs at the same time; an error of one ends the others at their next step, with a checkpoint.
  private func together(_ runs: [RecordedRun], _ data: TrainingData?, laterRuns: Int) throws -> [Outcome] {
    let signals = SignalWatch()
    defer { signals.end() }
    // The progress line shows one run; the others advance with it.
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
        // A failure matters more than the stops of other runs that it caused.
        if interruption == nil || interruption is Interruption { interruption = error }
      }
    }
    if let interruption { throw interruption }
    return outcomes
  }
}
