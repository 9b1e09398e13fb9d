import ArgumentParser
import Longtail

/// Runs side by side.
struct RunsCompareCommand: ParsableCommand {
  /// How the comparison is written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, csv, markdown, json
  }

  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: mean and standard deviation over seeds, and differences.",
    discussion: """
      Runs of one recipe with different seeds make one row, with the standard deviation of the sample (n - 1). The first \
      row is what the others are compared with. A folder stands for all the runs in it. CSV has a line for each row and \
      metric, as fractions; the other tables are in per cent.
      """)

  @Argument(help: ArgumentHelp("Folders of runs, or names in runs/.", valueName: "RUN"))
  var runs: [String]

  @Option(help: ArgumentHelp("text, csv, markdown or json.", valueName: "FORMAT"))
  var format = Format.text

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    help: ArgumentHelp("Append the rows, with commit, device and command, to a results file.", valueName: "FILE"),
    completion: .file(extensions: ["csv"]))
  var record: String?

  func run() throws {
    let summaries = try runs.flatMap { try RunQuery.list(RunLocation.path(of: $0)) }
    let comparison = try RunComparison(summaries)
    if let record { try ResultsFile.append(comparison, of: summaries, to: record) }
    switch json ? .json : format {
    case .text: Console.output(comparison.table.plainText.trimmingLineEnds)
    case .markdown: Console.output(comparison.table.markdown.trimmingLineEnds)
    case .csv: Console.output(Self.csv(comparison).trimmingLineEnds)
    case .json: try Console.output(json: comparison.rows)
    }
  }

  private static func csv(_ comparison: RunComparison) -> String {
    let header = ["recipe", "selection", "seeds", "metric", "runs", "mean", "standard_deviation", "difference"]
    let lines = comparison.rows.flatMap { row in
      comparison.metrics.compactMap { metric -> [String]? in
        guard let statistic = row.statistics[metric] else { return nil }
        return [
          row.recipe, row.selection?.rawValue ?? "", row.seeds.map(String.init).joined(separator: " "), metric,
          "\(statistic.count)", "\(statistic.mean)", statistic.standardDeviation.map { "\($0)" } ?? "",
          statistic.difference.map { "\($0)" } ?? "",
        ]
      }
    }
    return ([header] + lines).map(CSVFile.line).joined()
  }
}
