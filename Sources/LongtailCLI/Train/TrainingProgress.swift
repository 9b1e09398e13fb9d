import Foundation
import Longtail

/// Shows how far training is: a line that is redrawn on a terminal, a line an epoch elsewhere.
final class TrainingProgress: TrainingObserver {
  private let name: String
  private let isInteractive = Console.isInteractive
  private var start = ContinuousClock.now
  private var firstStep = 0
  private var lastAccuracy: String?
  private var lastLine = ContinuousClock.now - .seconds(60)

  init(name: String) { self.name = name }

  func observe(_ event: TrainingEvent) {
    switch event {
    case .stageBegan(let place):
      start = .now
      firstStep = place.step
      guard place.totalSteps > 0 else { return line("\(name): stage '\(place.stage)' trains nothing and is measured") }
      let origin = place.step > 0 ? "goes on at step \(place.step)" : "begins"
      line("\(name): stage '\(place.stage)' \(origin), \(place.epochCount) epochs of \(place.stepsPerEpoch) steps")
    case .interval(let place, let metrics): show(place, metrics)
    case .evaluated(let place, let evaluation):
      let result = evaluation.result
      let shown = result.headline.filter { MetricName.headline.contains($0.name) }
      let groups = shown.map { "\(MetricName.columnTitle($0.name)) \(RunQuery.percent($0.value))" }
      lastAccuracy = RunQuery.percent(result.accuracy)
      line("epoch \(place.epoch)/\(place.epochCount)  test: \(groups.joined(separator: "  "))")
    case .saved: break
    case .stageEnded(let place):
      let elapsed = Self.seconds(start.duration(to: .now))
      line("stage '\(place.stage)' ended after \(Self.time(elapsed))")
    }
  }

  private func show(_ place: StageProgress, _ metrics: IntervalMetrics) {
    let endsEpoch = place.step % place.stepsPerEpoch == 0
    let elapsed = Self.seconds(start.duration(to: .now))
    let done = max(1, place.step - firstStep)
    let left = elapsed / Double(done) * Double(place.totalSteps - place.step)
    let text =
      "epoch \(place.epoch)/\(place.epochCount)  loss \(RunQuery.decimal(metrics.loss, digits: 3))  "
      + "train \(RunQuery.percent(metrics.trainingAccuracy))  " + (lastAccuracy.map { "test \($0)  " } ?? "")
      + "\(Int(metrics.imagesPerSecond)) images/s  "
      + (metrics.waitingShare < 0.05 ? "" : "\(RunQuery.percent(metrics.waitingShare)) % waiting for images  ")
      + "\(Self.time(left)) left"
    if isInteractive {
      Console.errorPart(
        "\r\u{1B}[K" + bar(Double(place.step) / Double(place.totalSteps))
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

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 90 { return "\(whole) s" }
    if whole < 5400 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
