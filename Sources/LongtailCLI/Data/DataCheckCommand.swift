import ArgumentParser
import Longtail

/// Looks at every image of a data set.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read every image and report what is wrong with the data.",
    discussion: """
      Reports images that are missing or cannot be decoded, exact duplicates (also between training and test set), equal \
      images with different labels, classes with no or one image, gaps in the labels. Of COCO and LVIS files also what is odd \
      in the annotations. The exit code is 2 when the data cannot be trained on, 0 when they can, with or without warnings.
      """)

  @OptionGroup var options: DataOptions
  @OptionGroup var list: TrainListOption

  @Flag(help: "Print JSON instead of text.")
  var json = false

  @Option(help: ArgumentHelp("Threads that read images; by default one a processor core.", valueName: "N"))
  var workers: Int?

  func validate() throws {
    try OptionRange.check("--workers", workers, in: 1...1024)
  }

  func run() throws {
    if let detection = try options.openDetection(trainList: list.trainList, outlines: .dropped) {
      return try check(detection)
    }
    let directory = try options.open(trainList: list.trainList, allowsEmptyClasses: true)
    let report = DataCheck.run(directory, workers: workers, progress: ProgressLine("checking images").update)
    ProgressLine.clear()
    if json {
      try Console.output(json: report)
    } else {
      Console.output(DataCheckText.text(of: report))
    }
    guard report.isUsable else { throw UnusableData(path: report.path) }
  }

  private func check(_ directory: DetectionDirectory) throws {
    let report = try DetectionCheck.run(directory, workers: workers, progress: ProgressLine("checking images").update)
    ProgressLine.clear()
    if json {
      try Console.output(json: report)
    } else {
      Console.output(DataCheckText.text(of: report))
    }
    guard report.isUsable else { throw UnusableData(path: report.path) }
  }
}

/// The data cannot be trained on; what is wrong has been said.
struct UnusableData: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path): the data cannot be used for training; repair what is listed as a problem" }
}
