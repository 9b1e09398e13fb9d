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
  @Option(
    help: "Go on with the run in this folder, as it was started; other options must be those of the run.",
    completion: .directory)
  var resume: String?
  @Option(help: "The seed of all random choices. Default: 0.")
  var seed: UInt64?
  @Option(help: "Several seeds, such as 0,1,2: one run each, then mean and standard deviation.")
  var seeds: String?
  @Option(help: "A YAML file with settings.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?
  @Option(name: .customLong("set"), help: "Change one setting, such as training.batchSize=64; repeatable.")
  var assignments: [String] = []
  @Flag(help: "Print all settings with the origin of each value, and end; with --json as JSON.")
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
    help:
      "Epochs between two measurements on the test set; 0 for only the last. The last epoch is what is reported. Default: 10."
  )
  var evaluateEvery: Int?
  @Option(
    help:
      "Least seconds between two checkpoints; they are written at ends of epochs, and when the run is stopped. Default: 20."
  )
  var checkpointEvery: Double?
  @Option(help: "The share of training images to set aside for testing, when the data have no test set. Default: 0.")
  var holdOut: Double?
  @Option(
    help:
      "Where images lie while the run uses them: memory, files, or auto, which takes memory where they fit. Default: auto."
  )
  var images: PictureLoading.Place?
  @Option(help: "Threads that read and decode images; 0 for one a core. May be others after --resume. Default: 0.")
  var workers: Int?
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

  func validate() throws {
    try OptionRange.check("--evaluate-every", evaluateEvery, in: 0...1_000_000_000)
    try OptionRange.check("--checkpoint-every", checkpointEvery, in: 0...1_000_000_000)
    try OptionRange.check("--workers", workers, in: 0...1024)
    try OptionRange.check("--at-once", atOnce, in: 1...1024)
    if let holdOut, !(0..<1).contains(holdOut) {
      throw ValidationError("--hold-out is \(holdOut), but must be at least 0 and below 1.")
    }
    guard resume == nil else { return }
    if seed != nil, seeds != nil { throw ValidationError("Use either --seed or --seeds.") }
    if let atOnce, atOnce > 1 {
      guard seeds != nil else { throw ValidationError("--at-once trains several seeds at a time; it needs --seeds.") }
      guard device.capture else { throw ValidationError("--at-once needs --capture, on a GPU.") }
    }
  }

  func run() throws {
    if let resume { return try TrainingJob(self).resume(resume) }
    let file = try config.map { try SettingsFile($0) }
    guard let given = recipe ?? file?.recipe else {
      throw ValidationError(
        "Missing a recipe, such as balanced-softmax/cifar100-lt; 'longtail recipes list' shows all.")
    }
    let name = try RecipeRegistry.recipe(named: given).name
    // Misspelt settings are told before data are looked for.
    let plain = try settings(of: name, file: file, facts: nil)
    guard data != nil || !printConfig else { return printConfiguration(plain, of: name) }
    let launch = try launch(of: name)
    let directory = try launch.openData()
    let tree = try settings(of: name, file: file, facts: facts(for: launch, directory))
    try TrainingUse(launch, directory, tree).check(evaluateEvery: evaluateEvery)
    if printConfig { return printConfiguration(tree, of: name) }
    try TrainingJob(self).start(launch, directory, tree: tree, seeds: seeds.map(SeedList.parse))
  }

  private func printConfiguration(_ tree: SettingsTree, of name: String) {
    if let objective = parts.objective { Console.error("note: the loss is \(objective.rawValue), by --objective") }
    Console.output(json ? tree.json(recipe: name).indentedText : tree.text(recipe: name))
  }

  private func launch(of name: String) throws -> RunLaunch {
    guard let data else {
      throw ValidationError("Missing --data DIR: the folder with the images, or 'drawn' for the drawn pictures.")
    }
    var launch = RunLaunch(
      recipe: name, data: absolute(data), seed: seed ?? 0, device: compute.device, precision: compute.precision,
      threads: compute.threads, evaluationInterval: evaluateEvery ?? 10, checkpointInterval: checkpointEvery ?? 20,
      holdOut: holdOut ?? 0,
      skipsUnreadable: skipUnreadable, allowsEmptyClasses: allowEmptyClasses,
      trainingList: trainList.map(absolute) ?? "",
      classNamesFile: classNames.map(absolute) ?? "", reading: layout.reading, relaxesCounts: relaxedCounts,
      weights: weights.map(absolute) ?? "",
      loading: PictureLoading(
        place: images ?? .auto, workers: workers ?? 0, cacheFolder: cacheFolder.map(absolute) ?? ""))
    // Data may take long to open: a file that cannot be read is told before.
    if !launch.weights.isEmpty { _ = try InputFile(launch.weights) }
    device.apply(to: &launch)
    try device.check(on: ComputeSettings(launch).device)
    launch.objective = parts.objective
    launch.finishedStages = try FinishedStageOption.checkpoints(finishedStage)
    return launch
  }

  /// Recipes for data of one's own look at the data; of all others only the number of images counts.
  private func facts(for launch: RunLaunch, _ directory: DataDirectory) throws -> RecipeEntry.DataFacts {
    try RecipeEntry.DataFacts(launch, directory)
  }

  private func settings(of name: String, file: SettingsFile?, facts: RecipeEntry.DataFacts?) throws -> SettingsTree {
    try RecipeRegistry.recipe(named: name).resolvedTree(for: facts) { tree in
      if let file { try tree.apply(file) }
      try parts.apply(to: &tree, then: assignments)
    }
  }

  /// A resumed run may be started from another folder.
  func absolute(_ path: String) -> String {
    path == "drawn" ? path : URL(fileURLWithPath: path).path
  }
}

/// Options of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(name: .customLong("device"), help: "auto, cpu, cuda or cuda:N. Default: auto.")
  var givenDevice: String?
  @Option(
    name: .customLong("precision"),
    help: "auto, float32 or bfloat16; auto takes bfloat16 where that is faster. Default: auto.")
  var givenPrecision: String?
  @Option(
    name: .customLong("threads"), help: "Threads inside one operation; 0 for the engine's own choice. Default: 0.")
  var givenThreads: Int?

  /// The device by name.
  var device: String { givenDevice ?? "auto" }
  /// The arithmetic by name.
  var precision: String { givenPrecision ?? "auto" }
  /// Threads inside one operation; 0 for the engine's own choice.
  var threads: Int { givenThreads ?? 0 }

  func validate() throws { try OptionRange.check("--threads", givenThreads, in: 0...Engine.greatestThreadCount) }
}

/// How a GPU computes.
struct DeviceOptions: ParsableArguments {
  @Flag(help: "Record steps as GPU graphs. New, off by default.")
  var capture = false
  @Option(name: .customLong("steps-per-replay"), help: "Steps of a recording. Default: 1.")
  var givenStepsPerReplay: Int?
  @Option(
    name: .customLong("kernels"),
    help:
      "Kernels that do several operations in one: fused, plain, or auto, which takes them where they are faster. Default: auto."
  )
  var givenKernels: String?
  @Flag(help: "Let a GPU compute float32 products in TF32 (10 bits of each factor).")
  var tensorFloat32 = false
  @Flag(help: "Use only GPU algorithms that give the same bits each time; slower.")
  var deterministic = false

  /// Steps of a recording.
  var stepsPerReplay: Int { givenStepsPerReplay ?? 1 }
  /// The kernels by name.
  var kernels: String { givenKernels ?? "auto" }

  /// Notes the choices for a run.
  func apply(to launch: inout RunLaunch) {
    launch.capturesSteps = capture
    launch.stepsPerReplay = stepsPerReplay
    launch.kernels = kernels
    launch.usesTF32 = tensorFloat32
    launch.isDeterministic = deterministic
  }

  /// Refuses what only a GPU can do on a processor.
  func check(on device: Device) throws {
    let given = [
      ("--capture", capture), ("--tensor-float32", tensorFloat32), ("--deterministic", deterministic),
    ]
    guard device.kind != .cuda, let option = given.first(where: \.1)?.0 else { return }
    throw ValidationError("\(option) is for GPUs, and this run computes on a processor; leave it out.")
  }

  func validate() throws {
    try OptionRange.check("--steps-per-replay", givenStepsPerReplay, in: 1...1024)
    guard kernels == "auto" || ComputeSettings.Kernels(rawValue: kernels) != nil else {
      throw ValidationError("--kernels is '\(kernels)', but must be auto, plain or fused.")
    }
    if stepsPerReplay > 1, !capture { throw ValidationError("--steps-per-replay needs --capture.") }
  }
}

extension PictureLoading.Place: ExpressibleByArgument {}
