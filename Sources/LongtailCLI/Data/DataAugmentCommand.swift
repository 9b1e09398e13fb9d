import ArgumentParser
import Foundation
import Longtail
import Serialization

/// The `data augment` command.
struct DataAugmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment", abstract: "Write a contact sheet of augmented training images.",
    discussion: """
      The first column shows images without augmentation, each further column one random draw, as the network sees them.

      longtail data augment --data photos --recipe balanced-softmax/own --out sheet.png
      longtail data augment --data synthetic --set training.augmentation.policy.rule=trivialAugment --out sheet.png
      """)

  @OptionGroup var options: DataOptions
  @OptionGroup var list: TrainListOption

  @Option(help: "The recipe whose augmentation is shown; 'longtail recipes list' shows all.")
  var recipe: String?

  @Option(help: "A YAML file with settings.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .customLong("set"), help: "Change one setting, such as training.augmentation.flipProbability=0.5; repeatable."
  )
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp(
      "Images, one per row, spread over the training images. Default: 8, or all if there are fewer.", valueName: "N"))
  var images: Int?

  @Option(help: ArgumentHelp("Random draws, one per column.", valueName: "N"))
  var draws = 10

  @Option(help: ArgumentHelp("The random seed.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("The image to write; the file must not exist.", valueName: "FILE.png"))
  var out: String

  /// The settings that decide what a sheet looks like.
  private static let shownSettings = [
    "model.inputSize", "model.shorterEdge", "model.normalization", "training.augmentation",
  ]

  func validate() throws {
    try OptionRange.check("--images", images, in: 1...64)
    try OptionRange.check("--draws", draws, in: 1...64)
  }

  func run() throws {
    try OutputFile.checkAbsent(out)
    try Engine.verify()
    let settings = try resolvedSettings()
    let training = try options.open(trainList: list.trainList, allowsEmptyClasses: true).training
    guard training.count > 0 else {
      throw DataSourceError.badSetting(name: options.data, value: "0 images", expected: "at least 1 training image")
    }
    if let images, images > training.count {
      throw ValidationError("--images is \(images), but \(options.data) has \(training.count) training images.")
    }
    let chosen = spread(over: training.count)
    let side = settings.model.inputSize
    let squares = try PreparedImages(
      SelectedImages(training, indices: chosen), side: side, shorterEdge: settings.model.preprocessing.shorterEdge
    ).images
    let sheet = try ContactSheet(
      of: Tensor(squares.pixels, shape: [chosen.count, side, side, 3]),
      labels: Tensor(chosen.map { training.labels[$0] }), augmentation: settings.training.augmentation, draws: draws,
      seed: seed, normalization: settings.model.normalization)
    let image = sheet.image
    try OutputFile.write(try ImageCodec.encodePNG(image), to: out)
    Console.output("wrote \(out): \(chosen.count) images, \(draws) draws, \(image.width) x \(image.height) pixels")
  }

  private func resolvedSettings() throws -> any Method {
    let file = try config.map { try SettingsFile($0) }
    let name = recipe ?? file?.recipe ?? (options.data == "synthetic" ? "cross-entropy/synthetic" : "cross-entropy/own")
    let entry = try RecipeRegistry.recipe(named: name)
    let tree = try entry.resolvedTree { tree in
      if let file { try tree.apply(file) }
      try tree.apply(assignments: assignments)
    }
    try tree.requireUse(beside: entry.settingsTree()) { path, _ in
      guard !Self.shownSettings.contains(where: { path == $0 || path.hasPrefix($0 + ".") }) else { return nil }
      return "a sheet shows \(Self.shownSettings.joined(separator: ", ")) alone; leave it out"
    }
    return try entry.settings(from: tree)
  }

  private func spread(over count: Int) -> [Int] {
    let shown = min(images ?? 8, count)
    return (0..<shown).map { $0 * count / shown }
  }
}
