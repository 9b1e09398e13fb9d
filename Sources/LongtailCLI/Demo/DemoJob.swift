import Foundation
import Longtail
import Serialization

/// The demo itself: make the images, train both recipes, compare, report.
struct DemoJob {
  private static let recipes = ["cross-entropy/synthetic", "balanced-softmax/synthetic"]
  private let command: DemoCommand
  private let seeds: [UInt64]

  init(_ command: DemoCommand, seeds: [UInt64]) {
    self.command = command
    self.seeds = seeds
  }

  func run() throws {
    let folder = command.out ?? RunFolder.free(named: "demo")
    if FileManager.default.fileExists(atPath: folder) { throw RunError.folderNotEmpty(path: folder) }
    let images = try DataDirectory.synthetic()
    say(
      "made \(images.training.count) training images of \(images.classNames.count) classes and \(images.test?.count ?? 0) test images"
    )
    let signals = SignalWatch()
    defer { signals.end() }
    var methods: [RunReport.Method] = []
    var data: TrainingData?
    for name in Self.recipes {
      let recipe = try RecipeRegistry.recipe(named: name)
      let method = String(name.prefix { $0 != "/" })
      var runs: [RunFolder] = []
      for seed in seeds {
        let configuration = try configuration(
          recipe, images: images, seed: seed, folder: "\(folder)/\(method)/seed-\(seed)")
        let prepared = try data ?? Preflight(configuration).prepareData()
        data = prepared
        let begun = methods.count * seeds.count + runs.count + 1
        let run = try RecordedRun.begin(configuration)
        try train(run, on: prepared, signals, laterRuns: Self.recipes.count * seeds.count - begun)
        runs.append(run.folder)
      }
      methods.append(RunReport.Method(name: method, runs: runs))
    }
    try report(methods, images: images, folder: folder)
  }

  private func configuration(
    _ recipe: RecipeEntry, images: DataDirectory, seed: UInt64, folder: String
  ) throws -> RunConfiguration {
    let options = RunOptions {
      $0.data.path = "synthetic"
      $0.seed = seed
      $0.compute = command.compute.choices
      $0.evaluationInterval = 3
    }
    return try RunConfiguration(options, recipe: recipe, folder: folder, data: images) { tree in
      if let epochs = command.epochs { try tree.apply(assignment: "training.length='\(epochs) epochs'") }
    }
  }

  private func train(_ run: RecordedRun, on data: TrainingData, _ signals: SignalWatch, laterRuns: Int) throws {
    let progress: [any TrainingObserver] =
      command.quiet ? [] : [TrainingProgress(name: run.recipe.name, laterRuns: laterRuns)]
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
    Console.output("report: \(path)")
  }

  private func say(_ text: String) {
    if !command.quiet { Console.error(text) }
  }
}
