import ArgumentParser
import Longtail

/// The `data make-longtail` command.
struct DataMakeLongtailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-longtail", abstract: "Select a long-tailed subset and write it as a list.",
    discussion: """
      On CIFAR with seed 0 the subset is the conventional one of the literature, image for image. The list holds indices \
      for CIFAR and the synthetic images, 'path label' lines for all others; 'data inspect', 'data check' and 'train' take it as \
      --train-list. Classes are ranked by their number of images; the most frequent one keeps the most. They need not be balanced, but each must \
      have as many images as the profile keeps; otherwise the error names the --largest-class that is possible.
      """)

  @OptionGroup var options: DataOptions

  @Option(
    help: ArgumentHelp(
      "The imbalance factor: images of the largest over images of the smallest class, such as 100.", valueName: "F"))
  var factor: Double

  @Option(help: ArgumentHelp("The profile of the class counts: exponential or step.", valueName: "SHAPE"))
  var profile = LongTailProfile.Shape.exponential

  @Option(help: ArgumentHelp("The random seed of the selection; the published lists use 0.", valueName: "N"))
  var seed: UInt32 = 0

  @Option(
    help: ArgumentHelp("Images of the largest class. Default: all that it has.", valueName: "N"))
  var largestClass: Int?

  @Option(help: ArgumentHelp("The list to write; the file must not exist.", valueName: "FILE"))
  var out: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    try OutputFile.checkAbsent(out)
    let directory = try options.open(allowsMissingImages: true)
    let images = directory.training
    let counts = try LongTailProfile(profile, imbalanceFactor: factor).counts(
      largest: largestClass, of: images.classCounts, names: images.classNames)
    let indices = try LongTailedSelection.indices(labels: images.labels.map(Int32.init), counts: counts, seed: seed)
      .map(Int.init)
    try write(indices, of: directory)
    try report(
      LongTailedList(file: out, profile: profile, factor: factor, seed: seed, names: images.classNames, counts))
  }

  private func write(_ indices: [Int], of directory: DataDirectory) throws {
    if directory.training.isResident {
      try IndexList.write(indices, to: out)
    } else {
      try IndexList.writeImages(at: indices, of: directory.training, prefix: directory.trainingPrefix, to: out)
    }
  }

  private func report(_ list: LongTailedList) throws {
    if json {
      try Console.output(json: list)
    } else {
      Console.output(list.text)
    }
  }
}

extension LongTailProfile.Shape: ExpressibleByArgument {}
