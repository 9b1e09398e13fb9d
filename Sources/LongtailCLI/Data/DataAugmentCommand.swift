import ArgumentParser
import Foundation
import Longtail

/// Shows what a recipe's augmentation does to pictures.
struct DataAugmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment", abstract: "Draw a sheet of what a recipe's augmentation makes of the pictures.",
    discussion: """
      The first column shows pictures as the recipe takes them, each further column one random draw, as the network sees it.

      longtail data augment --data photos --recipe balanced-softmax/own --out sheet.png
      longtail data augment --data drawn --set training.augmentation.policy=trivialAugment --out sheet.png
      """)

  @OptionGroup var options: DataOptions
  @OptionGroup var list: TrainListOption

  @Option(help: "The recipe whose augmentation is drawn; 'longtail recipes list' shows all.")
  var recipe: String?

  @Option(help: "A YAML file with settings.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .customLong("set"), help: "Change one setting, such as training.augmentation.flipProbability=0.5; repeatable."
  )
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pictures, one a row, spread over the training images. Default: 8, or fewer where there are fewer.",
      valueName: "N"))
  var pictures: Int?

  @Option(help: ArgumentHelp("Draws, one a column.", valueName: "N"))
  var draws = 10

  @Option(help: ArgumentHelp("The seed of the draws.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("The sheet to write; an existing file is left alone.", valueName: "FILE.png"))
  var out: String

  /// The settings that decide what a sheet looks like.
  private static let shownSettings = [
    "model.inputSize", "model.shortSide", "model.normalization", "training.augmentation",
  ]

  func validate() throws {
    try OptionRange.check("--pictures", pictures, in: 1...64)
    try OptionRange.check("--draws", draws, in: 1...64)
  }

  func run() throws {
    try OutputFile.checkAbsent(out)
    try Engine.verify()
    let settings = try resolvedSettings()
    let images = try options.open(trainList: list.trainList, allowsEmptyClasses: true).training
    guard images.count > 0 else {
      throw DataSourceError.badSetting(name: options.data, value: "0 images", expected: "at least 1 training image")
    }
    if let pictures, pictures > images.count {
      throw ValidationError("--pictures is \(pictures), but \(options.data) has \(images.count) training images.")
    }
    let chosen = spread(over: images.count)
    let side = settings.model.inputSize
    let squares = try PreparedImages(
      SelectedImages(images, indices: chosen), side: side, shortSide: settings.model.preprocessing.shortSide
    ).images
    let sheet = try ContactSheet(
      of: Tensor(squares.pixels, shape: [chosen.count, side, side, 3]),
      labels: Tensor(chosen.map { images.labels[$0] }), augmentation: settings.training.augmentation, draws: draws,
      seed: seed, normalization: settings.model.normalization)
    let image = sheet.image
    try OutputFile.write(try ImageCodec.encodePNG(image), to: out)
    Console.output("wrote \(out): \(chosen.count) pictures, \(draws) draws, \(image.width) x \(image.height) pixels")
  }

  private func resolvedSettings() throws -> any MethodSettings {
    let file = try config.map { try SettingsFile($0) }
    let name = recipe ?? file?.recipe ?? (options.data == "drawn" ? "cross-entropy/drawn" : "cross-entropy/own")
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
    let shown = min(pictures ?? 8, count)
    return (0..<shown).map { $0 * count / shown }
  }
}
