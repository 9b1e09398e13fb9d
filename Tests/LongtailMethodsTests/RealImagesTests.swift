import Datasets
import Foundation
import LongtailMethods
import ModelEvaluation
import ModelTraining
import RunRecords
import Runs
import Testing
import Torch
import TrainingTestSupport

/// Methods on CIFAR-100-LT, factor 100, under the folder that LONGTAIL_DATA names: ResNet-20 at 16 pixels, one epoch per stage; two for
/// Breadcrumb.
@Suite struct RealImagesTests {
  /// A method with settings that make it short.
  struct Short: CustomTestStringConvertible, Sendable {
    let method: String
    let assignments: [String]
    var testDescription: String { method }
  }

  private static let folder = (ProcessInfo.processInfo.environment["LONGTAIL_DATA"] ?? "") + "/cifar-100-binary"
  private static let isThere =
    ProcessInfo.processInfo.environment["LONGTAIL_DATA"] != nil && FileManager.default.fileExists(atPath: folder)

  static let methods = [
    Short(method: "balanced-meta-softmax", assignments: ["retraining.length='1 epochs'"]),
    Short(method: "class-balanced-distillation", assignments: []),
    Short(method: "breadcrumb", assignments: ["training.length='2 epochs'", "depth=atMost", "depthEpochs=1"]),
    Short(method: "ssd", assignments: ["balancing.length='1 epochs'", "contrast.queueLength=1024"]),
    Short(method: "camc", assignments: []),
    // After one epoch rare classes have no evidence that a prior correction could raise.
    Short(method: "apa", assignments: ["training.augmentation.policy=null", "priorCorrection=none"]),
    Short(method: "ride", assignments: ["experts.count=2", "router.training.length='1 epochs'"]),
    // Re-initialised classifiers need the highest learning rate from the first step on.
    Short(
      method: "shike",
      assignments: [
        "experts.count=2", "training.augmentation.policy=null", "retraining.length='1 epochs'",
        "retraining.warmupEpochs=0", "retraining.schedule=cosine", "retraining.augmentation.policy=null",
        "retraining.augmentation.cutout=null",
      ]),
    Short(method: "mdcs", assignments: ["exponents=[-0.5, 1]", "consistency.rampEpochs=1"]),
  ]

  @Test(.enabled(if: isThere), arguments: methods)
  func learnsFromRealImages(_ short: Short) throws {
    let entry = try RecipeRegistry.recipe(named: "\(short.method)/cifar100-lt")
    var tree = try entry.settingsTree()
    let common = [
      "model.backbone=resnet20", "training.length='1 epochs'", "training.batchSize=128", "training.warmupEpochs=0",
      "training.schedule=cosine", "training.learningRate=0.05", "model.inputSize=16",
    ]
    for assignment in common + short.assignments { try tree.apply(assignment: assignment) }
    let settings = try entry.settings(from: tree)
    let data = try settings.prepare(DataDirectory.open(Self.folder), choosing: settings.data, on: .cpu)
    #expect(data.classes.counts.reduce(0, +) == 10_847)
    let recipe = try settings.recipe(named: entry.name, for: data.classes)
    let readings = StageReadings()
    let result = try #require(
      try Trainer(recipe, data: data, compute: Tiny.compute, observers: [readings]).run())
    #expect(readings.losses.keys.sorted() == recipe.stages.filter { $0.length != .steps(0) }.map(\.name).sorted())
    #expect(readings.losses.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    // The last mean of the first stage lies below the first one, and the accuracy is above chance.
    let first = try #require(readings.losses[recipe.stages[0].name])
    #expect(try #require(first.last) < #require(first.first))
    // Chance is 0.01 with a standard error of 0.001.
    #expect(result.result.accuracy > 0.015)
  }
}

/// The mean losses of each stage, in order.
private final class StageReadings: TrainingObserver {
  private(set) var losses: [String: [Double]] = [:]

  func observe(_ event: TrainingEvent) {
    if case .interval(let progress, let metrics) = event { losses[progress.stage, default: []].append(metrics.loss) }
  }
}
