import ArgumentParser
import Foundation
import Longtail

/// The `demo` command.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Train cross-entropy and Balanced Softmax on synthetic images and compare them.",
    discussion: """
      Makes a small long-tailed image set, trains the same network with both losses, prints accuracy for frequent and rare classes, and \
      writes an HTML report that needs no network connection. Takes some minutes on two cores; needs no data and no network.
      """)

  @Option(
    help:
      "The folder for the runs and the report, which must not exist. Default: runs/demo, with a number if that exists.",
    completion: .directory)
  var out: String?
  @Option(help: "Seeds, such as 0,1,2: a pair of runs each.")
  var seeds = "0"
  @Option(help: "Epochs of each training.")
  var epochs: Int?
  @OptionGroup var compute: ComputeOptions
  @Flag(help: "Print the result as JSON.")
  var json = false
  @Flag(help: "Print only the result.")
  var quiet = false

  func run() throws {
    let numbers = try SeedList.parse(seeds)
    guard out?.isEmpty != true else { throw ValidationError("--out is empty; name the folder of the runs.") }
    if let epochs, epochs < 1 { throw ValidationError("--epochs is \(epochs), but must be at least 1.") }
    try DemoJob(self, seeds: numbers).run()
  }
}
