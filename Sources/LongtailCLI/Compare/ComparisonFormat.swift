import ArgumentParser
import Longtail
import Serialization

/// How a comparison is written.
enum ComparisonFormat: String, CaseIterable, ExpressibleByArgument {
  case text, csv, markdown, latex, json

  /// Prints a comparison.
  func output(_ comparison: RunComparison) throws {
    try output(table: comparison.table, csv: Self.csv(comparison), json: comparison.rows)
  }

  /// Prints one of several forms of the same.
  func output(table: TextTable, csv: @autoclosure () -> String, json: some Encodable) throws {
    switch self {
    case .text: Console.output(table.plainText.trimmingLineEnds)
    case .markdown: Console.output(table.markdown.trimmingLineEnds)
    case .latex: Console.output(table.latex.trimmingLineEnds)
    case .csv: Console.output(csv().trimmingLineEnds)
    case .json: try Console.output(json: json)
    }
  }

  private static func csv(_ comparison: RunComparison) -> String {
    let header = [
      "recipe", "selection", "seeds", "metric", "runs", "mean", "standard_deviation", "difference", "pairs",
      "paired_difference", "confidence_half_width",
    ]
    let lines = comparison.rows.flatMap { row in
      comparison.metrics.compactMap { metric -> [String]? in
        guard let statistic = row.statistics[metric] else { return nil }
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        return [
          row.recipe, row.selection?.rawValue ?? "", row.seeds.map(String.init).joined(separator: " "), metric,
          "\(statistic.count)", "\(statistic.mean)", text(statistic.standardDeviation), text(statistic.difference),
          statistic.paired.map { "\($0.pairs)" } ?? "", text(statistic.paired?.mean), text(statistic.paired?.halfWidth),
        ]
      }
    }
    return ([header] + lines).map(CSVFile.line).joined()
  }
}
