import DataLoading
import Datasets
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Testing
import Torch
import TrainingTestSupport

@Suite(.serialized) struct BalancedMetaSoftmaxMethodTests {
  /// Four steps of features, eight of the classifier.
  private func settings(_ change: (inout BalancedMetaSoftmax) -> Void = { _ in }) -> BalancedMetaSoftmax {
    var settings = BalancedMetaSoftmax { $0.model.backbone = "resnet20" }
    settings.adopt(.synthetic)
    settings.adjustSchedule {
      $0.length = .epochs(1)
      $0.batchSize = 6
      $0.warmupEpochs = 0
    }
    settings.retraining.length = .epochs(2)
    settings.meta.batchSize = 5
    settings.meta.learningRate = 0.05
    change(&settings)
    return settings
  }

  private func recipe(_ settings: BalancedMetaSoftmax, _ data: TrainingData) throws -> Recipe {
    try settings.recipe(named: "test", for: data.classes)
  }

  static let variants: [(name: String, change: @Sendable (inout BalancedMetaSoftmax) -> Void)] = [
    ("sampler", { _ in }),
    ("published choices", { ($0.featureLoss, $0.frozenNormalization) = (.crossEntropy, .training) }),
    ("classes first, limited", { ($0.meta.drawing, $0.meta.scoreLimit, $0.meta.power) = (.byClass, 0.5, 0.3) }),
    ("cosine head", { ($0.model.head, $0.reinitializesClassifier) = (.cosine, false) }),
    ("reweighter", { $0.meta.adaptation = .reweighter }),
    ("decoupled", { $0.meta.adaptation = .none }),
  ]

  /// Stopped in the middle of each stage and between them, and with steps that are replayed as on a GPU.
  @Test(arguments: variants.map(\.name)) func resumedAndReplayedRunsEqualAPlainOne(_ name: String) throws {
    let data = try Tiny.data()
    let change = try #require(Self.variants.first { $0.name == name }).change
    let recipe = try recipe(settings(change), data)
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [2, 4, 6, 8, 9])
    try TrainingRuns.expectEqual(resumed, expected, name)
    try TrainingRuns.expectReplays(of: recipe, on: data, name)
    #expect(expected.keys.contains("program.class_scores") == (name != "decoupled"))
  }

  /// In the second stage the features do not change, the classifier and the class rates do, and the rates are logged.
  @Test func onlyClassifierAndClassRatesChange() throws {
    let data = try Tiny.data()
    let both = Readings()
    let full = try TrainingRuns.contents(of: recipe(settings(), data), on: data, observers: [both])
    var single = try recipe(settings(), data)
    single.stages.removeLast()
    let features = try TrainingRuns.contents(of: single, on: data)
    for (name, tensor) in features where name.hasPrefix("model.") {
      let isClassifier = name.contains("linear")
      #expect(try #require(full[name]).isEqual(to: tensor) != isClassifier, "\(name)")
    }
    let start = try MetaSamplerInitialization(counts: data.classes.counts, power: 0).scores
    let scores = try #require(full["program.class_scores"]).doubles()
    #expect(scores != start)
    #expect(scores.allSatisfy { $0.isFinite })
    let rates = both.metrics.flatMap(\.measurements).filter { $0.name == "classProbabilities" }
    #expect(rates.count == 2)
    #expect(rates.allSatisfy { abs($0.values.reduce(0, +) - 1) < 1e-5 })
    #expect(both.metrics.last?.losses.map(\.name) == ["balanced-softmax", "meta"])
  }

  /// The closed form of the inner step and differentiating through it agree.
  @Test func bothInnerStepsAgree() throws {
    let data = try Tiny.data()
    for adaptation in [MetaSettings.Adaptation.sampler, .reweighter] {
      let scores = try [MetaSettings.InnerStep.closedForm, .differentiated].map { inner in
        let recipe = try recipe(
          settings { ($0.meta.adaptation, $0.meta.innerStep, $0.retraining.length) = (adaptation, inner, .steps(3)) },
          data)
        return try #require(TrainingRuns.contents(of: recipe, on: data)["program.class_scores"]).doubles()
      }
      expectClose(scores[0], scores[1], relative: 1e-3, absolute: 1e-5)
    }
  }

  /// Equal weights leave the classifier's step as it is without them; so does a learning rate of 0.
  @Test func weightsThatStayEqualAreNoWeights() throws {
    let data = try Tiny.data()
    let plain = try TrainingRuns.contents(of: recipe(settings { $0.meta.adaptation = .none }, data), on: data)
    let weighted = try TrainingRuns.contents(
      of: recipe(settings { ($0.meta.adaptation, $0.meta.learningRate) = (.reweighter, 0) }, data), on: data)
    for (name, tensor) in plain where name.hasPrefix("model.") {
      expectClose(try #require(weighted[name]).doubles(), try tensor.doubles(), relative: 1e-4, absolute: 1e-6)
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let data = try Tiny.data()
    let changes: [(inout BalancedMetaSoftmax) -> Void] = [
      { $0.retraining.optimizer.nesterov = true }, { $0.retraining.optimizer = .adamW(weightDecay: 0) },
      { $0.retraining.sampler = .classBalanced }, { $0.retraining.augmentation.mixing = .init { $0.mixupAlpha = 1 } },
      { $0.meta.batchSize = 0 }, { $0.retraining.gradientClipping = 1 },
    ]
    for change in changes {
      #expect(throws: SettingFault.self) { try recipe(settings(change), data) }
    }
    // Only linear heads have a closed form; that is checked when the stage begins.
    let cosine = settings { ($0.model.head, $0.meta.innerStep) = (.cosine, .closedForm) }
    #expect(throws: ObjectiveError.self) { try TrainingRuns.contents(of: recipe(cosine, data), on: data) }
  }

  /// Images that are read from files cannot be sampled on the device; that is reported before anything is trained.
  @Test func streamedImagesAreRefusedAtOnce() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(SyntheticImageSettings(classCount: 3, largestClass: 4, testImagesPerClass: 1))
      try images.write(to: folder.path)
      var settings = settings()
      settings.model.inputSize = 32
      let data = try TrainingData.prepare(
        DataDirectory.open(folder.path), preprocessing: settings.model.preprocessing, on: .cpu,
        loading: ImageStorage(location: .files))
      let error = #expect(throws: RecipeError.self) { try Tiny.trainer(recipe(settings, data), on: data) }
      #expect(error == .streamed(stage: "classifier"))
      #expect("\(error as Any)".contains("--images memory"))
      settings.meta.adaptation = .reweighter
      settings.retraining.length = .steps(2)
      let run = try TrainingRuns.contents(of: recipe(settings, data), on: data)
      #expect(run["program.class_scores"] != nil)
    }
  }
}
