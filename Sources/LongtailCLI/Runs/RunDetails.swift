import Foundation
import Longtail
import Serialization

/// What `runs show` prints about one run.
struct RunDetails: Encodable {
  /// A class with its result.
  struct ClassLine: Encodable {
    let name: String
    let trainingCount: Int
    let shotGroup: String
    let evaluatedCount: Int
    let accuracy: Double?
  }

  let summary: RunSummary
  let environment: RunEnvironment?
  /// The classes, in the order of training.
  let classes: [ClassLine]
  /// The classes that are confused most often, the most frequent pair first.
  let confusedPairs: [ConfusedPair]
  /// What was left out because it cannot be decoded; nil for nothing.
  let unreadable: String?
  /// The files that are there.
  let files: [String]

  /// Confused pairs that are shown.
  private static let pairCount = 10

  init(_ folder: RunFolder) {
    var summary = RunSummary(folder)
    environment = try? folder.readEnvironment()
    unreadable = (try? folder.readMetrics())?.unreadableImages
    var classes: [ClassLine] = []
    if FileManager.default.fileExists(atPath: folder.perClassPath) {
      do {
        classes = try folder.readClasses().map {
          ClassLine(
            name: $0.name, trainingCount: $0.trainingCount, shotGroup: $0.shotGroup, evaluatedCount: $0.evaluatedCount,
            accuracy: $0.accuracy)
        }
      } catch {
        summary.problems.append("\(error)")
      }
    }
    self.classes = classes
    // A file that cannot be read is among the summary's problems already.
    let confusion = (try? folder.readMetrics())?.confusion
    confusedPairs =
      confusion.map { ConfusedPair.most(Self.pairCount, of: $0, classNames: classes.map(\.name)) } ?? []
    self.summary = summary
    let known = [
      folder.recipePath, folder.environmentPath, folder.logPath, folder.lastCheckpointPath, folder.metricsPath,
      folder.perClassPath, folder.predictionsPath, folder.reportPath,
    ]
    files = known.filter(FileManager.default.fileExists)
  }

  // MARK: Text

  /// Paragraphs: the run, its metrics, its classes, its files.
  var text: String {
    var parts = [Self.aligned(head)]
    if let metrics { parts.append(metrics) }
    if let unreadable { parts.append("left out: \(Printable.text(unreadable))") }
    if let classTable { parts.append(classTable) }
    if let pairTable { parts.append(pairTable) }
    if summary.isUnmeasured { parts.append("The run was \(RunQuery.unmeasured).") }
    parts.append((["files:"] + files.map { "  \($0)" }).joined(separator: "\n"))
    parts += summary.problems.map { "problem: \($0)" }
    if summary.status == .interrupted || summary.status == .failed {
      parts.append("resume it: longtail train --resume \(summary.path)")
    }
    return parts.joined(separator: "\n\n")
  }

  private var head: [(String, String)] {
    var lines = [
      ("run", summary.path), ("recipe", summary.recipe ?? "-"), ("seed", summary.seed.map(String.init) ?? "-"),
      ("status", summary.status.rawValue), ("last epoch", summary.lastEpoch.map(String.init) ?? "-"),
    ]
    if let environment {
      lines += [
        ("started", environment.startTime), ("device", environment.deviceName ?? environment.device),
        ("processor", environment.processor),
        (
          "computed in",
          "\(environment.precision), \(environment.threads) threads, LibTorch \(environment.engineVersion)"
        ),
        ("command", environment.commandLine.map(Self.quoted).joined(separator: " ")),
      ]
    }
    return lines.map { ($0.0, Printable.text($0.1)) }
  }

  private var metrics: String? {
    guard !summary.values.isEmpty else { return nil }
    let headline = MetricName.headline.filter { summary.values[$0] != nil }
    let others = summary.values.keys.filter { !headline.contains($0) }.sorted()
    var table = TextTable([.init("metric"), .init("per cent", .right)])
    for name in headline + others { table.append([name, RunQuery.percent(summary.values[name])]) }
    table.notes = [ShotLimits.note([summary.shotLimits])].compactMap { $0 }
    if let selection = summary.selection { table.notes.append("Epoch: \(selection.label).") }
    return table.plainText.trimmingLineEnds
  }

  /// All classes of a small set; the worst and the best of a large one.
  private var classTable: String? {
    let measured = classes.filter { $0.accuracy != nil }.sorted {
      ($0.accuracy ?? 0, $0.name) < ($1.accuracy ?? 0, $1.name)
    }
    guard !measured.isEmpty else { return nil }
    var table = TextTable([
      .init("class"), .init("train", .right), .init("group"), .init("test", .right), .init("accuracy", .right),
    ])
    func append(_ line: ClassLine) {
      table.append([
        Printable.text(line.name, limit: 40), "\(line.trainingCount)", line.shotGroup, "\(line.evaluatedCount)",
        RunQuery.percent(line.accuracy),
      ])
    }
    if measured.count <= 20 {
      measured.forEach(append)
    } else {
      measured.prefix(8).forEach(append)
      table.append(["... \(measured.count - 16) classes"])
      measured.suffix(8).forEach(append)
    }
    table.notes = ["Classes by accuracy, lowest first; per-class.csv has all."]
    return table.plainText.trimmingLineEnds
  }

  private var pairTable: String? {
    guard !confusedPairs.isEmpty else { return nil }
    var table = TextTable([
      .init("true class"), .init("predicted as"), .init("images", .right), .init("% of the class", .right),
    ])
    for pair in confusedPairs {
      table.append([
        Printable.text(pair.truth, limit: 40), Printable.text(pair.predicted, limit: 40), "\(pair.count)",
        RunQuery.percent(pair.share),
      ])
    }
    table.notes = ["The pairs of classes that are confused most often."]
    return table.plainText.trimmingLineEnds
  }

  private static func aligned(_ lines: [(String, String)]) -> String {
    let room = lines.map(\.0.count).max() ?? 0
    return lines.map { $0.0 + String(repeating: " ", count: room - $0.0.count) + "  \($0.1)" }.joined(separator: "\n")
  }

  /// An argument as a shell would need it.
  private static func quoted(_ argument: String) -> String {
    let isPlain = !argument.isEmpty && argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
    return isPlain ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}
