import ArgumentParser
import Longtail

/// The `analyze bias-variance` command.
struct BiasVarianceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bias-variance",
    abstract: "Split the error of a recipe into bias and variance over its runs, by shot group.",
    discussion: """
      Bias is the share of images whose answer by most runs is wrong, variance the share of runs that answer otherwise. Runs of one \
      recipe are taken together, so several recipes can stand side by side; each should have two runs or more, better five, measured on \
      the same images: one run alone has a variance of 0. A folder stands for all the runs in it. CSV has a line for all images, each shot group and each class, as fractions; \
      the other tables are in per cent.

      longtail analyze bias-variance runs/compare --out bias-variance.html
      """)

  @Argument(help: ArgumentHelp("Folders of runs, or names in runs/.", valueName: "RUN"))
  var runs: [String]

  @OptionGroup var form: FormatOptions

  @Option(
    help: ArgumentHelp("Also write a page with a chart; it opens without network.", valueName: "FILE.html"),
    completion: .file(extensions: ["html"]))
  var out: String?

  @Option(
    help: ArgumentHelp("Also write bias and variance of each image.", valueName: "FILE.csv"),
    completion: .file(extensions: ["csv"]))
  var images: String?

  func validate() throws {
    guard let out, out == images else { return }
    throw ValidationError("--out and --images name one file, \(out); give each its own.")
  }

  func run() throws {
    for path in [out, images].compactMap({ $0 }) { try OutputFile.checkAbsent(path) }
    let report = try BiasVarianceReport(runs.flatMap { try RunQuery.list(RunLocation.path(of: $0)) })
    try form.format.output(table: report.table, csv: report.csv, json: report)
    for advice in report.advice { Console.error("note: \(advice)") }
    if let out {
      try page(report).write(to: out)
      Console.error("wrote \(out)")
    }
    if let images {
      try report.writeImages(to: images)
      Console.error("wrote \(images)")
    }
  }

  private func page(_ report: BiasVarianceReport) -> ReportPage {
    ReportPage(
      title: "Bias and variance", subtitle: report.rows.map(\.recipe).joined(separator: ", "),
      facts: report.rows.map { ($0.recipe, "\($0.runs.count) runs, \($0.result.samples.count) images") },
      sections: [BiasVarianceSection(report)])
  }
}
