import ArgumentParser
import Foundation
import Longtail

/// The `demo` command.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Show the job on drawn pictures: cross-entropy beside Balanced Softmax.",
    discussion: """
      Draws a long-tailed set of pictures, trains the same small network twice, prints accuracy for frequent and rare classes side by \
      side, and writes a page that opens without a network. Needs no data and no network; some minutes on two cores.
      """)

  @Option(
    help: "Where the runs and the page go; must not exist. Default: runs/demo, with a number if taken.",
    completion: .directory)
  var out: String?
  @Option(help: "Seeds, such as 0,1,2: one pair of runs each.")
  var seeds = "0"
  @Option(help: "Epochs of each training.")
  var epochs: Int?
  @OptionGroup var compute: ComputeOptions
  @Flag(help: "Print the result as JSON.")
  var json = false
  @Flag(help: "Print nothing but the result.")
  var quiet = false

  func run() throws {
    let numbers = try SeedList.parse(seeds)
    guard out?.isEmpty != true else { throw ValidationError("--out is empty; name the folder of the runs.") }
    if let epochs, epochs < 1 { throw ValidationError("--epochs is \(epochs), but must be at least 1.") }
    try DemoJob(self, seeds: numbers).run()
  }
}
