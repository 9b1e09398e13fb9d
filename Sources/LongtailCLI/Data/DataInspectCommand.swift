import ArgumentParser
import Longtail

/// Shows the classes of a data set and how uneven they are.
struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show classes, counts, imbalance, shot groups and image sizes.")

  @OptionGroup var options: DataOptions
  @OptionGroup var list: TrainListOption

  @Flag(help: "Show every class of a long table.")
  var all = false

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Also write a page with the counts and some pictures; it opens without network.", valueName: "FILE.html"))
  var out: String?

  func run() throws {
    if let out { try OutputFile.checkAbsent(out) }
    let directory = try options.open(trainList: list.trainList, allowsEmptyClasses: true)
    let inspection = DataInspection(DataSummary(directory))
    if json {
      try Console.output(json: inspection)
    } else {
      Console.output(inspection.text(width: Console.width, showsAll: all))
    }
    guard let out else { return }
    try DataPage.page(inspection, directory).write(to: out)
    Console.error("wrote \(out)")
  }
}
