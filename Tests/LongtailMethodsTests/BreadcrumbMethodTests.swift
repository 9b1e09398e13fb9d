import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Synchronization
import Testing
import Torch
import TrainingTestSupport

@Suite(.serialized) struct BreadcrumbMethodTests {
  /// 22 images of 10, 6, 4 and 2 in batches of 6: 6 features per class, so the rarest class looks back three epochs of four steps.
  private func settings(_ change: (inout Breadcrumb) -> Void = { _ in }) -> Breadcrumb {
    var settings = Breadcrumb { $0.model.backbone = "resnet20" }
    settings.adopt(.synthetic)
    settings.adjustSchedule {
      $0.length = .epochs(5)
      $0.batchSize = 6
      $0.warmupEpochs = 0
    }
    settings.retraining.length = .epochs(2)
    change(&settings)
    return settings
  }

  private func recipe(_ settings: Breadcrumb, _ data: TrainingData) throws -> Recipe {
    try settings.recipe(named: "test", for: data.classes)
  }

  static let variants: [(name: String, change: @Sendable (inout Breadcrumb) -> Void)] = [
    ("strong", { _ in }),
    ("waiting, not aligned, half precision", { ($0.earlyInput, $0.aligns, $0.storage) = (.nothing, false, .float16) }),
    ("limited depth", { ($0.depth, $0.depthEpochs, $0.classifierLearningRate) = (.atMost, 2, 0.02) }),
    ("repeats", { $0.repeatsNewest = true }),
    ("weak", { ($0.assembling, $0.training.length, $0.retraining.length) = (.weak, .epochs(3), .epochs(2)) }),
  ]

  /// Stopped before the bank is ready, in the epoch in which it gets ready and after that (of the weak form in each stage and between
  /// them), and with steps that are replayed as on a GPU.
  @Test(arguments: variants.map(\.name)) func resumedAndReplayedRunsEqualAPlainOne(_ name: String) throws {
    let data = try Tiny.data()
    let change = try #require(Self.variants.first { $0.name == name }).change
    let recipe = try recipe(settings(change), data)
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [2, 12, 14, 15, 16, 18])
    try TrainingRuns.expectEqual(resumed, expected, name)
    try TrainingRuns.expectReplays(of: recipe, on: data, give: expected, name)
    #expect(expected.keys.contains("program.bank.rows"))
  }

  /// The second classifier changes neither the features nor the first one: they are those of plain training.
  @Test func theSecondClassifierLeavesTheFeaturesAlone() throws {
    let data = try Tiny.data()
    let waiting = try TrainingRuns.contents(of: recipe(settings { $0.earlyInput = .nothing }, data), on: data)
    var settings = CrossEntropy { ($0.model.backbone, $0.training) = ("resnet20", .synthetic) }
    settings.model.inputSize = Tiny.inputSize
    (settings.training.length, settings.training.batchSize, settings.training.warmupEpochs) = (.epochs(5), 6, 0)
    let plain = try TrainingRuns.contents(of: settings.recipe(named: "plain", for: data.classes), on: data)
    for (name, tensor) in plain where name.hasPrefix("model.") {
      #expect(try #require(waiting[name]).isEqual(to: tensor), "\(name)")
    }
    let first = try #require(waiting["model.linear.weight"])
    #expect(try !#require(waiting["model.linear_soft.weight"]).isEqual(to: first))
  }

  /// The log has the epochs that each class holds and both losses; the memory is reported before training starts.
  @Test func theBankFillsByRarity() throws {
    let data = try Tiny.data()
    let readings = Readings()
    let notices = Mutex<[String]>([])
    var options = Tiny.options
    options.notice = { text in notices.withLock { $0.append(text) } }
    try Tiny.trainer(recipe(settings(), data), on: data, options: options, observers: [readings]).run()
    let epochs = readings.metrics.flatMap(\.measurements).map(\.values)
    #expect(epochs == [[1, 1, 1, 1], [1, 1, 2, 2], [1, 1, 2, 3], [1, 1, 2, 3], [1, 1, 2, 3]])
    #expect(readings.metrics.allSatisfy { $0.losses.count == 2 && $0.loss.isFinite })
    #expect(notices.withLock { $0.count == 1 && $0[0].contains("feature bank takes 1 MB") })
    let short = try recipe(settings { $0.training.length = .epochs(3) }, data)
    try Tiny.trainer(short, on: data, options: options).run()
    #expect(notices.withLock { $0.count == 3 && $0[2].contains("never used") })
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let data = try Tiny.data()
    let changes: [(inout Breadcrumb) -> Void] = [
      { $0.training.sampler = .classBalanced }, { $0.training.augmentation.mixing = .init { $0.cutmixAlpha = 1 } },
      { $0.model.head = .cosine }, { ($0.assembling, $0.training.length) = (.weak, .epochs(2)) },
      { ($0.earlyInput, $0.training.length) = (.nothing, .steps(12)) }, { $0.imagesPerClass = 0 },
    ]
    for change in changes {
      #expect(throws: SettingFault.self) { try recipe(settings(change), data) }
    }
  }
}
