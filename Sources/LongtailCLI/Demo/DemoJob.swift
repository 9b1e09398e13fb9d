import Foundation
import Longtail
import Serialization

/// The demo itself: draw, train both, compare, report.
struct DemoJob {
  private static let recipes = ["cross-entropy/synthetic", "balanced-softmax/synthetic"]
  private let command: DemoCommand
  private let seeds: [UInt64]

  init(_ command: DemoCommand, seeds: [UInt64]) {
    self.command = command
    self.seeds = seeds
  }

  func run() throws {
    let folder = command.out ?? freeFolder()
    if FileManager.default.fileExists(atPath: folder) { throw RunError.folderNotEmpty(path: folder) }
    let images = try DataDirectory.synthetic()
    say(
      "drew \(images.training.count) training images of \(images.classNames.count) classes and \(images.test?.count ?? 0) test images"
    )
    let signals = SignalWatch()
    defer { signals.end() }
    var methods: [RunReport.Method] = []
    var data: TrainingData?
    for recipe in Self.recipes {
      let name = String(recipe.prefix { $0 != "/" })
      var runs: [RunFolder] = []
      for seed in seeds {
        let run = try begin(recipe, seed: seed, at: "\(folder)/\(name)/seed-\(seed)")
        let prepared = try data ?? prepare(images, for: run)
        data = prepared
        let begun = methods.count * seeds.count + runs.count + 1
        try train(run, on: prepared, signals, laterRuns: Self.recipes.count * seeds.count - begun)
        runs.append(run.folder)
      }
      methods.append(RunReport.Method(name: name, runs: runs))
    }
    try report(methods, images: images, folder: folder)
  }

  private func begin(_ recipe: String, seed: UInt64, at path: String) throws -> RecordedRun {
    let tree = try RecipeRegistry.recipe(named: recipe).resolvedTree { tree in
      if let epochs = command.epochs { try tree.apply(assignment: "training.length='\(epochs) epochs'") }
    }
    let launch = RunLaunch(
      recipe: recipe, data: "synthetic", seed: seed, device: command.compute.device,
      precision: command.compute.precision,
      threads: command.compute.threads, evaluationInterval: 3)
    return try RecordedRun.begin(launch, settings: tree, at: path, version: ToolVersion.text)
  }

  private func prepare(_ images: DataDirectory, for run: RecordedRun) throws -> TrainingData {
    try run.settings.prepare(images, on: ComputeSettings(run.launch).device)
  }

  private func train(_ run: RecordedRun, on data: TrainingData, _ signals: SignalWatch, laterRuns: Int) throws {
    let progress: [any TrainingObserver] =
      command.quiet ? [] : [TrainingProgress(name: run.launch.recipe, laterRuns: laterRuns)]
    do {
      try run.train(on: data, observers: progress, stop: signals.stop)
    } catch TrainingError.stopped {
      throw Interruption(
        signal: signals.received, description: "the demo was stopped; start it again with another --out")
    }
  }

  private func report(_ methods: [RunReport.Method], images: DataDirectory, folder: String) throws {
    let summaries = methods.flatMap(\.runs).map { RunSummary($0) }
    var page = try RunReport.page(
      methods, title: "Cross-entropy and Balanced Softmax on a long-tailed image set",
      subtitle: "The same network, the same images, the same schedule; only the loss differs.")
    page.sections.insert(try DemoImages.section(images), at: 1)
    let path = folder + "/report.html"
    try page.write(to: path)
    if command.json { return Console.output(try JSONValue(encoding: summaries).indentedText) }
    Console.output(try RunComparison(summaries).table.plainText)
    Console.output("page: \(path)")
  }

  private func freeFolder() -> String {
    var path = "runs/demo"
    var number = 2
    while FileManager.default.fileExists(atPath: path) {
      path = "runs/demo-\(number)"
      number += 1
    }
    return path
  }

  private func say(_ text: String) {
    if !command.quiet { Console.error(text) }
  }
}
