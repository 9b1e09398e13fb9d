import Foundation
import Longtail

/// Shows how far training is: a line that is redrawn on a terminal, a line an epoch elsewhere. Epochs count from 1.
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
    case .stageBegan(let place):
      start = .now
      firstStep = place.step
      let stage = Self.stage(place)
      guard place.totalSteps > 0 else { return line("\(name): \(stage) trains nothing and is measured") }
      let origin = place.step > 0 ? "goes on at step \(place.step)" : "begins"
      line("\(name): \(stage) \(origin), \(Self.length(place))")
    case .interval(let place, let metrics): show(place, metrics)
    case .evaluated(let place, let evaluation):
      let result = evaluation.result
      let shown = result.headline.filter { MetricName.headline.contains($0.name) }
      let groups = shown.map { "\(MetricName.columnTitle($0.name)) \(RunQuery.percent($0.value))" }
      lastAccuracy = RunQuery.percent(result.accuracy)
      line(Self.epoch(place) + "test: \(groups.joined(separator: "  "))")
    case .saved: break
    case .stageEnded(let place):
      let elapsed = Self.seconds(start.duration(to: .now))
      line("\(Self.stage(place)) ended after \(Self.time(elapsed))")
    }
  }

  private func show(_ place: StageProgress, _ metrics: IntervalMetrics) {
    let endsEpoch = place.step % max(1, place.stepsPerEpoch) == 0 || place.step == place.totalSteps
    let elapsed = Self.seconds(start.duration(to: .now))
    let left = elapsed / Double(max(1, place.step - firstStep)) * place.remainingSteps
    let text =
      Self.epoch(place) + "loss \(RunQuery.decimal(metrics.loss, digits: 3))  "
      + "train \(RunQuery.percent(metrics.trainingAccuracy))  " + (lastAccuracy.map { "test \($0)  " } ?? "")
      + "\(Int(metrics.imagesPerSecond)) images/s  "
      + (metrics.waitingShare < 0.05 ? "" : "\(RunQuery.percent(metrics.waitingShare)) % waiting for images  ")
      + "\(Self.time(left)) left" + (laterRuns > 0 ? ", then \(laterRuns) more \(laterRuns == 1 ? "run" : "runs")" : "")
    if isInteractive {
      Console.errorPart(
        "\r\u{1B}[K" + bar(Double(place.step) / Double(max(1, place.totalSteps)))
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

  // MARK: Words

  /// `epoch 3/200`; nothing in a stage without steps.
  static func epoch(_ place: StageProgress) -> String {
    place.epochCount > 0 ? "epoch \(place.epochNumber)/\(place.epochCount)  " : ""
  }

  /// `stage 'classifier' (2 of 3)`, the numbers only where there are several.
  static func stage(_ place: StageProgress) -> String {
    "stage '\(place.stage)'" + (place.stageCount > 1 ? " (\(place.stageIndex + 1) of \(place.stageCount))" : "")
  }

  /// How long a stage is: in whole epochs, or in steps where the last epoch is cut short.
  static func length(_ place: StageProgress) -> String {
    func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
    let isWhole = place.totalSteps.isMultiple(of: max(1, place.stepsPerEpoch))
    return isWhole
      ? "\(count(place.epochCount, "epoch")) of \(count(place.stepsPerEpoch, "step"))"
      : "\(count(place.totalSteps, "step")), \(place.stepsPerEpoch) an epoch"
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  /// Seconds as people say them. What is not finite or longer than a hundred years is `unknown`.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 3.2e9 else { return "unknown time" }
    let whole = Int(seconds.rounded())
    if whole < 90 { return "\(whole) s" }
    if whole < 5400 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
