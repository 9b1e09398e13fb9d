import ArgumentParser
import Longtail

/// The `data inspect` command.
struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show classes, counts, imbalance, shot groups, image sizes and metadata.",
    discussion: """
      Lists, tables and JSON files can be inspected without their images. For COCO and LVIS files, shows the instances and images per \
      class.
      """)

  @OptionGroup var options: DataOptions
  @OptionGroup var list: TrainListOption

  @Flag(help: "Show every class, also in a long table.")
  var all = false

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Also write an HTML report with the counts and some images; it needs no network connection.",
      valueName: "FILE.html"))
  var out: String?

  func run() throws {
    if let out { try OutputFile.checkAbsent(out) }
    if let detection = try options.openDetection(trainList: list.trainList, outlines: .kept) {
      return try show(detection)
    }
    let directory = try options.open(
      trainList: list.trainList, allowsEmptyClasses: true, allowsMissingImages: true)
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

  private func show(_ directory: DetectionDirectory) throws {
    guard out == nil else {
      throw ValidationError("--out is for images with one label each, not for detection data")
    }
    let inspection = DetectionInspection(directory)
    if json {
      try Console.output(json: inspection)
    } else {
      Console.output(inspection.text(width: Console.width, showsAll: all))
    }
  }
}
