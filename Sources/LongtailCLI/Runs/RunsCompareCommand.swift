import ArgumentParser
import Longtail

/// Runs side by side.
struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: mean and standard deviation over seeds, and differences.",
    discussion: """
      Runs of one recipe with different seeds make one row, with the standard deviation of the sample (n - 1). The first \
      row is what the others are compared with. A folder stands for all the runs in it. CSV has a line for each row and \
      metric, as fractions; the other tables are in per cent.
      """)

  @Argument(help: ArgumentHelp("Folders of runs, or names in runs/.", valueName: "RUN"))
  var runs: [String]

  @OptionGroup var form: FormatOptions

  @Option(
    help: ArgumentHelp("Append the rows, with commit, device and command, to a results file.", valueName: "FILE"),
    completion: .file(extensions: ["csv"]))
  var record: String?

  func run() throws {
    let summaries = try runs.flatMap { try RunQuery.list(RunLocation.path(of: $0)) }
    let comparison = try RunComparison(summaries)
    if let record { try ResultsFile.append(comparison, of: summaries, to: record) }
    try form.format.output(comparison)
  }
}
