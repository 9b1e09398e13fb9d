import ArgumentParser
import Foundation
import Longtail

/// The `train` command.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a recipe on a data folder, or go on with a run.",
    discussion: """
      DIR is a folder with the binary files of CIFAR-10 or CIFAR-100, with train/ and test/ (or val/) folders of class folders, with \
      train.txt and test.txt lists, with CSV tables, iNaturalist JSON, CUB-200-2011, NABirds or tar shards, or with class folders alone; \
      'drawn' stands for the drawn pictures. \
      Values come from the recipe, then from --config, then from options that swap a part of the recipe, then from --set.

      longtail train balanced-softmax/cifar100-lt --data cifar-100-binary
      longtail train balanced-softmax/own --data photos --hold-out 0.2 --set training.length='30 epochs'
      longtail train --resume runs/balanced-softmax-own
      """)

  @Argument(help: "The recipe; 'longtail recipes list' shows all.")
  var recipe: String?
  @Option(help: "The data folder, or 'drawn'.", completion: .directory)
  var data: String?
  @Option(
    help: "Train on these images only: a file with indices or 'path label' lines, as 'data make-longtail' writes it.",
    completion: .file())
  var trainList: String?
  @Option(help: "For lists, tables and shards: a file with one class name a line.", completion: .file())
  var classNames: String?
  @OptionGroup var layout: DataReadingOptions
  @Flag(help: "Accept CIFAR files with other numbers of images than the published ones.")
  var relaxedCounts = false
  @Option(
    help: "The run's folder, which must not exist. Default: runs/RECIPE, with a number if taken.",
    completion: .directory)
  var out: String?
  @Option(help: "Go on with the run in this folder; needs no other arguments.", completion: .directory)
  var resume: String?
  @Option(help: "The seed of all random choices. Default: 0.")
  var seed: UInt64?
  @Option(help: "Several seeds, such as 0,1,2: one run each, then mean and standard deviation.")
  var seeds: String?
  @Option(help: "A YAML file with settings.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?
  @Option(name: .customLong("set"), help: "Change one setting, such as training.batchSize=64; repeatable.")
  var assignments: [String] = []
  @Flag(help: "Print all settings with the origin of each value, and end.")
  var printConfig = false
  @Option(
    help:
      "Weights to start from: a .safetensors file, or a .pth state dictionary. A head of another size starts afresh.",
    completion: .file(extensions: ["safetensors", "pth", "pt"]))
  var weights: String?
  @Option(
    help: ArgumentHelp(
      """
      Take a stage as another run has ended it instead of training it, such as teacher=runs/ride-6: a run's folder, or a file of its \
      checkpoints; repeatable.
      """, valueName: "STAGE=RUN"), completion: .file())
  var finishedStage: [FinishedStageOption] = []
  @OptionGroup(title: "Parts of the recipe") var parts: CompositionOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var device: DeviceOptions
  @Option(
    help: ArgumentHelp(
      "Seeds that one GPU trains at the same time; needs --capture. Default: up to 8 of small pictures, else 1.",
      valueName: "N"))
  var atOnce: Int?
  @Option(
    help: "Epochs between two measurements on the test set; 0 for only the last. The last epoch is what is reported.")
  var evaluateEvery = 10
  @Option(
    help: "Least seconds between two checkpoints; they are written at ends of epochs, and when the run is stopped.")
  var checkpointEvery = 20.0
  @Option(help: "The share of training images to set aside for testing, when the data have no test set.")
  var holdOut = 0.0
  @Option(help: "Where images lie while the run uses them: memory, files, or auto, which takes memory where they fit.")
  var images = PictureLoading.Place.auto
  @Option(help: "Threads that read and decode images; 0 for one a core. May be others after --resume.")
  var workers = 0
  @Option(
    help: ArgumentHelp(
      "Where decoded pictures are kept, with --set data.cachedShortSide=256 or the like; default: the user's cache.",
      valueName: "DIR"))
  var cacheFolder: String?
  @Flag(help: "Leave out images that cannot be decoded instead of refusing them.")
  var skipUnreadable = false
  @Flag(help: "Allow classes without training images; they keep their index.")
  var allowEmptyClasses = false
  @Flag(help: "Print nothing but the result.")
  var quiet = false
  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    if let resume { return try TrainingJob(self).resume(resume) }
    let file = try config.map { try SettingsFile($0) }
    guard let given = recipe ?? file?.recipe else {
      throw ValidationError(
        "Missing a recipe, such as balanced-softmax/cifar100-lt; 'longtail recipes list' shows all.")
    }
    let name = try RecipeRegistry.recipe(named: given).name
    // Misspelt settings are told before data are looked for.
    let plain = try settings(of: name, file: file, advice: nil)
    guard data != nil || !printConfig else { return Console.output(plain.text(recipe: name)) }
    let launch = try launch(of: name)
    let directory = try launch.openData()
    let tree = try settings(of: name, file: file, advice: advice(for: launch, directory))
    if printConfig {
      if let objective = parts.objective { Console.error("note: the loss is \(objective.rawValue), by --objective") }
      return Console.output(tree.text(recipe: name))
    }
    try TrainingJob(self).start(launch, directory, tree: tree, seeds: parsedSeeds())
  }

  private func launch(of name: String) throws -> RunLaunch {
    guard let data else {
      throw ValidationError("Missing --data DIR: the folder with the images, or 'drawn' for the drawn pictures.")
    }
    guard (0..<1).contains(holdOut) else {
      throw ValidationError("--hold-out is \(holdOut), but must be at least 0 and below 1.")
    }
    if let atOnce, atOnce < 1 { throw ValidationError("--at-once is \(atOnce), but must be at least 1.") }
    guard workers >= 0 else { throw ValidationError("--workers is \(workers), but must be at least 0.") }
    guard evaluateEvery >= 0 else {
      throw ValidationError("--evaluate-every is \(evaluateEvery), but must be at least 0.")
    }
    var launch = RunLaunch(
      recipe: name, data: absolute(data), seed: seed ?? 0, device: compute.device, precision: compute.precision,
      threads: compute.threads, evaluationInterval: evaluateEvery, checkpointInterval: checkpointEvery,
      holdOut: holdOut,
      skipsUnreadable: skipUnreadable, allowsEmptyClasses: allowEmptyClasses,
      trainingList: trainList.map(absolute) ?? "",
      classNamesFile: classNames.map(absolute) ?? "", reading: layout.reading, relaxesCounts: relaxedCounts,
      weights: weights.map(absolute) ?? "",
      loading: PictureLoading(place: images, workers: workers, cacheFolder: cacheFolder.map(absolute) ?? ""))
    device.apply(to: &launch)
    launch.objective = parts.objective
    launch.finishedStages = try FinishedStageOption.checkpoints(finishedStage)
    return launch
  }

  /// Recipes for data of one's own look at the data; all others are what they are.
  private func advice(for launch: RunLaunch, _ directory: DataDirectory) throws -> OwnDataAdvice? {
    guard launch.recipe.hasSuffix("/own") else { return nil }
    let usesGPU = try ComputeSettings(launch).device.kind == .cuda
    return OwnDataAdvice(try .init(directory, usesGPU: usesGPU, weights: launch.weights))
  }

  private func settings(of name: String, file: SettingsFile?, advice: OwnDataAdvice?) throws -> SettingsTree {
    let entry = try RecipeRegistry.recipe(named: name)
    var tree = try entry.settingsTree()
    try advice?.apply(to: &tree)
    if let file { try tree.apply(file) }
    try parts.composition.apply(to: &tree)
    for assignment in assignments { try tree.apply(assignment: assignment) }
    _ = try entry.settings(from: tree)
    return tree
  }

  private func parsedSeeds() throws -> [UInt64]? {
    guard let seeds else { return nil }
    if seed != nil { throw ValidationError("Use either --seed or --seeds.") }
    return try SeedList.parse(seeds)
  }

  /// A resumed run may be started from another folder.
  private func absolute(_ path: String) -> String {
    path == "drawn" ? path : URL(fileURLWithPath: path).path
  }
}

/// Options of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(help: "auto, cpu, cuda or cuda:N.")
  var device = "auto"
  @Option(help: "auto, float32 or bfloat16; auto takes bfloat16 where that is faster.")
  var precision = "auto"
  @Option(help: "Threads inside one operation; 0 for the engine's own choice.")
  var threads = 0

  func validate() throws {
    guard threads >= 0 else { throw ValidationError("--threads is \(threads), but must be at least 0.") }
  }
}

/// How a GPU computes.
struct DeviceOptions: ParsableArguments {
  @Flag(help: "Record steps as GPU graphs. New, off by default.")
  var capture = false
  @Option(help: "Steps of a recording.")
  var stepsPerReplay = 1
  @Option(
    help: "Kernels that do several operations in one: fused, plain, or auto, which takes them where they are faster.")
  var kernels = "auto"
  @Flag(help: "Let a GPU compute float32 products in TF32 (10 bits of each factor).")
  var tensorFloat32 = false
  @Flag(help: "Use only GPU algorithms that give the same bits each time; slower.")
  var deterministic = false

  /// Notes the choices for a run.
  func apply(to launch: inout RunLaunch) {
    launch.capturesSteps = capture
    launch.stepsPerReplay = stepsPerReplay
    launch.kernels = kernels
    launch.usesTF32 = tensorFloat32
    launch.isDeterministic = deterministic
  }

  func validate() throws {
    guard stepsPerReplay >= 1 else {
      throw ValidationError("--steps-per-replay is \(stepsPerReplay), but must be at least 1.")
    }
    guard kernels == "auto" || ComputeSettings.Kernels(rawValue: kernels) != nil else {
      throw ValidationError("--kernels is '\(kernels)', but must be auto, plain or fused.")
    }
    if stepsPerReplay > 1, !capture { throw ValidationError("--steps-per-replay needs --capture.") }
  }
}

extension PictureLoading.Place: ExpressibleByArgument {}
