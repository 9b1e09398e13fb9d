import Foundation
import Serialization

/// A CSV file of results to which runs are appended: one row per recipe and metric, with commit, device and command.
public enum ResultsFile {
  /// The columns.
  public static let header = [
    "date", "commit", "recipe", "seeds", "epochs", "metric", "mean", "standard_deviation", "runs", "selection",
    "device", "precision", "threads", "engine", "command",
  ]

  /// Appends one row per recipe and metric of a comparison; values are fractions.
  ///
  /// - Parameters:
  ///   - comparison: the recipes and metrics.
  ///   - summaries: the runs of the comparison.
  ///   - path: the file; created with a header if it does not exist.
  /// - Throws: `RunError.malformed` when the file has other columns; `SerializationError` when it cannot be read or written.
  public static func append(_ comparison: RunComparison, of summaries: [RunSummary], to path: String) throws {
    var rows: [[String]] = []
    if FileManager.default.fileExists(atPath: path) {
      let present = try CSVFile.read(path)
      guard present.first?.fields == header else {
        throw RunError.malformed(path: path, reason: "its columns are not those of a results file; name another file")
      }
      rows = present.dropFirst().map(\.fields)
    }
    for row in comparison.rows {
      let runs = summaries.filter { $0.recipe == row.recipe && $0.selection == row.selection }
      rows += try lines(of: row, runs: runs, metrics: comparison.metrics)
    }
    try CSVFile.write(to: path, header: header, rows: rows)
  }

  private static func lines(of row: RunComparison.Row, runs: [RunSummary], metrics: [String]) throws -> [[String]] {
    guard let first = runs.first else { return [] }
    let environments = try runs.map { try RunFolder($0.path).readEnvironment() }
    func all(_ value: (RunEnvironment) -> String) -> String {
      Set(environments.map(value)).sorted().joined(separator: " + ")
    }
    let epochs = Set(try runs.map { try Self.epochs(of: RunFolder($0.path)) }).sorted()
    return metrics.compactMap { metric in
      guard let statistic = row.statistics[metric] else { return nil }
      return [
        environments.map(\.startTime).min() ?? "", all { $0.commit ?? "" }, first.recipe ?? "",
        row.seeds.map(String.init).joined(separator: " "), epochs.joined(separator: " "), metric, "\(statistic.mean)",
        statistic.standardDeviation.map { "\($0)" } ?? "", "\(statistic.count)", row.selection?.rawValue ?? "",
        all { $0.deviceName ?? "\($0.device), \($0.processor)" }, all(\.precision), all { "\($0.threads)" },
        all(\.engineVersion), all { command($0.commandLine) },
      ]
    }
  }

  /// The trained epochs of each stage, such as `20+5`.
  private static func epochs(of folder: RunFolder) throws -> String {
    var stages: [(name: String, epochs: Int)] = []
    for entry in FileManager.default.fileExists(atPath: folder.logPath) ? try LogFile.entries(folder.logPath) : [] {
      guard entry["event"]?.stringValue == LogEvent.stageEnded.rawValue, let name = entry["stage"]?.stringValue,
        let epochs = entry["epoch"]?.integerValue, epochs > 0, !stages.contains(where: { $0.name == name })
      else { continue }
      stages.append((name, epochs))
    }
    guard !stages.isEmpty else { return "\(try folder.readMetrics().epoch + 1)" }
    return stages.map { "\($0.epochs)" }.joined(separator: "+")
  }

  /// The command without the folders of absolute paths, which mean nothing on another machine.
  private static func command(_ arguments: [String]) -> String {
    let words = arguments.dropFirst().map { word in
      let word = word.hasPrefix("/") ? URL(fileURLWithPath: word).lastPathComponent : word
      return word.contains(" ") ? "'\(word)'" : word
    }
    return (["longtail"] + words).joined(separator: " ")
  }
}
