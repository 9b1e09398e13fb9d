import ArgumentParser
import Foundation
import Longtail
import Serialization

/// The `train` command.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a recipe on a data folder, or resume a run.",
    discussion: """
      DIR is a folder with the binary files of CIFAR-10 or CIFAR-100, with train/ and test/ (or val/) folders of class folders, with \
      train.txt and test.txt lists, with CSV tables, iNaturalist JSON, CUB-200-2011, NABirds or tar shards, or with class folders alone; \
      'synthetic' stands for the synthetic images. \
      Settings come from the recipe, then from --config, then from options that replace a part of the recipe, then from --set.

      longtail train balanced-softmax/cifar100-lt --data cifar-100-binary
      longtail train balanced-softmax/own --data photos --hold-out 0.2 --set training.length='30 epochs'
      longtail train --resume runs/balanced-softmax-own
      """)

  @Argument(help: "The recipe; 'longtail recipes list' shows all.")
  var recipe: String?
  @Option(help: "The data folder, or 'synthetic'.", completion: .directory)
  var data: String?
  @Option(
    help: "Train on these images only: a file with indices or 'path label' lines, as 'data make-longtail' writes it.",
    completion: .file())
  var trainList: String?
  @Option(help: "For lists, tables and shards: a file with one class name per line.", completion: .file())
  var classNames: String?
  @OptionGroup var layout: DataReadingOptions
  @Flag(help: "Accept CIFAR files with other numbers of images than the published ones.")
  var relaxedCounts = false
  @Option(
    help: "The run's folder, which must not exist. Default: runs/RECIPE, with a number if that exists.",
    completion: .directory)
  var out: String?
  @Option(
    help: "Resume the run in this folder with the options it was started with; other values are refused.",
    completion: .directory)
  var resume: String?
  @Option(help: "The random seed. Default: 0.")
  var seed: UInt64?
  @Option(help: "Several seeds, such as 0,1,2: one run each, then mean and standard deviation.")
  var seeds: String?
  @Option(help: "A YAML file with settings.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?
  @Option(name: .customLong("set"), help: "Change one setting, such as training.batchSize=64; repeatable.")
  var assignments: [String] = []
  @Flag(help: "Print all settings with the origin of each value and exit; with --json as JSON.")
  var printConfig = false
  @Option(
    help:
      "Initial weights: a .safetensors file or a .pth state dictionary. A head of another size is initialised at random.",
    completion: .file(extensions: ["safetensors", "pth", "pt"]))
  var weights: String?
  @Option(
    help: ArgumentHelp(
      """
      Take a stage from another run instead of training it, such as teacher=runs/ride-6: a run's folder or a checkpoint file; \
      repeatable.
      """, valueName: "STAGE=RUN"), completion: .file())
  var finishedStage: [FinishedStageOption] = []
  @OptionGroup(title: "Parts of the recipe") var parts: CompositionOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var execution: ExecutionOptions
  @Option(
    help: ArgumentHelp(
      "Seeds trained at the same time on one GPU; needs --cuda-graphs. Default: up to 8 for small images, else 1.",
      valueName: "N"))
  var atOnce: Int?
  @Option(
    help:
      "Epochs between evaluations on the test set; 0 for the last epoch only. The last epoch is reported. Default: 10."
  )
  var evaluateEvery: Int?
  @Option(
    help:
      "Least seconds between checkpoints; they are written at the end of an epoch and when the run is stopped. Default: 20."
  )
  var checkpointEvery: Double?
  @Option(help: "The fraction of the training images to hold out as a test set, when the data have none. Default: 0.")
  var holdOut: Double?
  @Option(
    help:
      "Where images are kept during the run: memory, files, or auto, which means memory if they fit. Default: auto."
  )
  var images: ImageStorage.Location?
  @Option(help: "Data-loading threads; 0 for one per core. May change with --resume. Default: 0.")
  var workers: Int?
  @Option(
    help: ArgumentHelp(
      "Where decoded images are cached, with --set data.cachedShorterEdge=256 or the like. Default: the user's cache.",
      valueName: "DIR"))
  var cacheFolder: String?
  @Flag(help: "Leave out images that cannot be decoded instead of refusing them.")
  var skipUnreadable = false
  @Flag(help: "Allow classes without training images; they keep their index.")
  var allowEmptyClasses = false
  @Flag(help: "Print only the result.")
  var quiet = false
  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    try OptionRange.check("--evaluate-every", evaluateEvery, in: 0...1_000_000_000)
    try OptionRange.check("--checkpoint-every", checkpointEvery, in: 0...1_000_000_000)
    try OptionRange.check("--workers", workers, in: 0...1024)
    try OptionRange.check("--at-once", atOnce, in: 1...1024)
    try OptionRange.checkHoldOut(holdOut)
    guard resume == nil else { return }
    if seed != nil, seeds != nil { throw ValidationError("Use either --seed or --seeds.") }
    if let atOnce, atOnce > 1 {
      guard seeds != nil else { throw ValidationError("--at-once trains several seeds at a time; it needs --seeds.") }
      guard execution.cudaGraphs else { throw ValidationError("--at-once needs --cuda-graphs, on a GPU.") }
    }
  }

  func run() throws {
    if let resume { return try TrainingJob(self).resume(resume) }
    let file = try config.map { try SettingsFile($0) }
    guard let name = recipe ?? file?.recipe else {
      throw ValidationError(
        "Missing a recipe, such as balanced-softmax/cifar100-lt; 'longtail recipes list' shows all.")
    }
    let recipe = try RecipeRegistry.recipe(named: name)
    func change(_ tree: inout SettingsTree) throws {
      if let file { try tree.apply(file) }
      try parts.apply(to: &tree, then: assignments)
    }
    guard data != nil || !printConfig else {
      return printConfiguration(try recipe.resolvedTree(applying: change), of: recipe)
    }
    let options = try options()
    try execution.check(on: options.compute.settings().device)
    let configuration = try RunConfiguration(options, recipe: recipe, folder: out, changing: change)
    try requireUse(configuration)
    if printConfig { return printConfiguration(configuration.settings, of: recipe) }
    try TrainingJob(self).start(configuration, seeds: seeds.map(SeedList.parse))
  }

  private func printConfiguration(_ tree: SettingsTree, of recipe: RecipeEntry) {
    if let objective = parts.objective { Console.error("note: the loss is \(objective.rawValue), by --objective") }
    Console.output(json ? tree.json(recipe: recipe.name).indentedText : tree.text(recipe: recipe.name))
  }

  /// Refuses options that have no effect on these data.
  private func requireUse(_ configuration: RunConfiguration) throws {
    try Preflight(configuration).requireUse()
    if let evaluateEvery, evaluateEvery > 0, configuration.data.evaluation == nil {
      throw ValidationError(
        "--evaluate-every evaluates on a test set, and the data have none; add --hold-out 0.2, or leave it out.")
    }
  }

  /// What the run is started with; paths are absolute, because it may be resumed from another folder.
  private func options() throws -> RunOptions {
    guard let data else {
      throw ValidationError("Missing --data DIR: the folder with the images, or 'synthetic' for the synthetic images.")
    }
    let finishedStages = try FinishedStageOption.checkpoints(finishedStage)
    var options = RunOptions {
      $0.seed = seed ?? $0.seed
      $0.compute = compute.choices
      $0.evaluationInterval = evaluateEvery ?? $0.evaluationInterval
      $0.checkpointInterval = checkpointEvery ?? $0.checkpointInterval
      $0.weights = weights.map(Path.absolute)
      $0.objective = parts.objective
      $0.finishedStages = finishedStages
    }
    execution.apply(to: &options.compute)
    options.data = RunData {
      $0.path = Path.data(data)
      $0.trainingList = trainList.map(Path.absolute)
      $0.classNamesFile = classNames.map(Path.absolute)
      $0.reading = layout.reading
      $0.acceptsAnyCounts = relaxedCounts
      $0.holdOut = holdOut ?? 0
      $0.skipsUnreadable = skipUnreadable
      $0.allowsEmptyClasses = allowEmptyClasses
      $0.storage = ImageStorage(
        location: images ?? .auto, workers: workers ?? 0, cacheFolder: cacheFolder.map(Path.absolute) ?? "")
    }
    return options
  }
}

/// Paths on the command line.
enum Path {
  /// The path from the root of the file system.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }
  /// The same for data, of which `synthetic` is no path.
  static func data(_ path: String) -> String { path == "synthetic" ? path : absolute(path) }
}

extension ImageStorage.Location: ExpressibleByArgument {}
