import LongtailMethods
import ModelTraining
import Runs
import Testing
import Torch
import TrainingTestSupport
import Transforms

@Suite struct HostTransferTests {
  /// Counts the elements that go between host and engine in steps whose shape has come before.
  private final class TransferCounter: StepRunner {
    private(set) var transferCounts: [Int] = []
    private var seen: Set<StepShape> = []

    /// Each stage captures its own steps, whose first ones place constants on the device.
    func beginStage() { seen = [] }

    func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
      let before = Engine.hostTransferCount
      try body()
      if !seen.insert(shape).inserted { transferCounts.append(Engine.hostTransferCount - before) }
    }
  }

  /// On a GPU a transfer within a step would let the host wait, and the step could not be captured.
  @Test(
    arguments: RecipeRegistry.all.filter { $0.name.hasSuffix("/synthetic") || $0.name.hasSuffix("/cifar100-lt") }.map(
      \.name))
  func stepsMoveNothingBetweenHostAndDevice(_ name: String) throws {
    let data = try Tiny.data()
    let entry = try RecipeRegistry.recipe(named: name)
    var tree = try entry.settingsTree()
    for assignment in [
      "training.length='3 epochs'", "training.batchSize=8", "model.backbone=resnet20",
      "model.inputSize=\(Tiny.inputSize)",
    ] {
      try tree.apply(assignment: assignment)
    }
    let recipe = try entry.settings(from: tree).recipe(named: name, for: data.classes)
    let counter = TransferCounter()
    var options = Tiny.options
    options.runner = counter
    options.readingsPerEpoch = 1
    let watcher = Watcher { if case .stageBegan = $0 { counter.beginStage() } }
    // As on a GPU: on the processor some augmentations look at which images they change.
    try HostReads.$areForbidden.withValue(true) {
      _ = try Tiny.trainer(recipe, on: data, options: options, observers: [watcher]).run()
    }
    #expect(!counter.transferCounts.isEmpty)
    #expect(counter.transferCounts.allSatisfy { $0 == 0 }, "\(counter.transferCounts)")
  }
}
