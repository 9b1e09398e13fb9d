import Foundation
import Longtail

/// Shows how far training is: a line that is redrawn on a terminal, a line per epoch elsewhere. Epochs count from 1.
final class TrainingProgress: TrainingObserver {
  private let name: String
  /// Runs that follow this one.
  private let laterRuns: Int
  private let isInteractive = Console.isInteractive
  private var start = ContinuousClock.now
  private var firstStep = 0
  private var lastAccuracy: String?
  private var lastLine = ContinuousClock.now - .seconds(60)

  init(name: String, laterRuns: Int = 0) {
    self.name = name
    self.laterRuns = laterRuns
  }

  func observe(_ event: TrainingEvent) {
    switch event {
    case .stageBegan(let progress):
      start = .now
      firstStep = progress.step
      let stage = Self.stage(progress).map { "\(name): \($0)" } ?? "\(name):"
      guard progress.totalSteps > 0 else { return line("\(stage) evaluates without training") }
      let origin = progress.step > 0 ? "resumes at step \(progress.step)" : "begins"
      line("\(stage) \(origin), \(Self.length(progress))")
    case .interval(let progress, let metrics): show(progress, metrics)
    case .evaluated(let progress, let evaluation):
      let result = evaluation.result
      let shown = result.headline.filter { MetricName.headline.contains($0.name) }
      let groups = shown.map { "\(MetricName.columnTitle($0.name)) \(RunQuery.percent($0.value))" }
      lastAccuracy = RunQuery.percent(result.accuracy)
      line(Self.epoch(progress) + "test: \(groups.joined(separator: "  "))")
    case .saved: break
    case .stageEnded(let progress):
      let elapsed = Self.seconds(start.duration(to: .now))
      line("\(Self.stage(progress) ?? "training") ended after \(Self.time(elapsed))")
    }
  }

  private func show(_ progress: StageProgress, _ metrics: IntervalMetrics) {
    let endsEpoch = progress.step % max(1, progress.stepsPerEpoch) == 0 || progress.step == progress.totalSteps
    let elapsed = Self.seconds(start.duration(to: .now))
    let left = elapsed / Double(max(1, progress.step - firstStep)) * progress.remainingSteps
    let text =
      Self.epoch(progress) + "loss \(RunQuery.decimal(metrics.loss, digits: 3))  "
      + "train \(RunQuery.percent(metrics.trainingAccuracy))  " + (lastAccuracy.map { "test \($0)  " } ?? "")
      + "\(Int(metrics.imagesPerSecond)) images/s  "
      + (metrics.waitingShare < 0.05 ? "" : "\(RunQuery.percent(metrics.waitingShare)) % waiting for data  ")
      + "\(Self.time(left)) left" + (laterRuns > 0 ? ", then \(laterRuns) more \(laterRuns == 1 ? "run" : "runs")" : "")
    if isInteractive {
      Console.errorPart(
        "\r\u{1B}[K" + bar(Double(progress.step) / Double(max(1, progress.totalSteps)))
          + String(text.prefix(max(20, Console.width - 24))))
    } else if endsEpoch, lastLine.duration(to: .now) > .seconds(10) {
      lastLine = .now
      Console.error(text)
    }
  }

  private func bar(_ share: Double) -> String {
    let width = 16
    let full = Int((share * Double(width)).rounded(.down))
    return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: width - full) + "] "
  }

  private func line(_ text: String) {
    if isInteractive { Console.errorPart("\r\u{1B}[K") }
    Console.error(text)
  }

  // MARK: Text

  /// `epoch 3/200`; nothing in a stage without steps.
  static func epoch(_ progress: StageProgress) -> String {
    progress.epochCount > 0 ? "epoch \(progress.epochNumber)/\(progress.epochCount)  " : ""
  }

  /// `stage 'classifier' (2 of 3)`; nil for a recipe of one stage.
  static func stage(_ progress: StageProgress) -> String? {
    progress.stageCount > 1 ? "stage '\(progress.stage)' (\(progress.stageIndex + 1) of \(progress.stageCount))" : nil
  }

  /// How long a stage is: in whole epochs, or in steps where the last epoch is cut short.
  static func length(_ progress: StageProgress) -> String {
    func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
    let isWhole = progress.totalSteps.isMultiple(of: max(1, progress.stepsPerEpoch))
    return isWhole
      ? "\(count(progress.epochCount, "epoch")) of \(count(progress.stepsPerEpoch, "step"))"
      : "\(count(progress.totalSteps, "step")), \(progress.stepsPerEpoch) per epoch"
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  /// A duration for people. One that is not finite or longer than a hundred years is `unknown`.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 3.2e9 else { return "unknown time" }
    let whole = Int(seconds.rounded())
    if whole < 90 { return "\(whole) s" }
    if whole < 5400 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
