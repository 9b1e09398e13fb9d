import BenchmarkSupport
import Datasets
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// RIDE, SHIKE and MDCS as recipes.
@Suite(.serialized) struct ExpertMethodTests {
  enum Form: String, CaseIterable, Sendable {
    case ride, rideDistilled, rideOfOne, shike, shikeClean, mdcs

    /// Stages of three steps, the last ones of two; four steps are an epoch.
    func recipe(for classes: ClassDistribution) throws -> Recipe {
      var settings = self.settings
      settings.model.backbone = "resnet20"
      settings.adjustSchedule {
        $0.length = .steps(3)
        $0.batchSize = 6
        $0.augmentation = Tiny.augmentation
      }
      if var ride = settings as? RIDE {
        ride.router?.training.length = .steps(2)
        ride.reweighting?.share = 1
        settings = ride
      }
      if var shike = settings as? SHIKE {
        shike.retraining.length = .steps(2)
        settings = shike
      }
      return try settings.recipe(named: rawValue, for: classes)
    }

    private var settings: any Method {
      switch self {
      case .ride: RIDE()
      case .rideDistilled:
        RIDE {
          ($0.experts.count, $0.expertLoss) = (2, .balancedSoftmax)
          $0.diversity = RIDE.Diversity { ($0.target, $0.temperatureStyle) = (.pairwise, .shifted) }
          $0.distillation = RIDE.Distillation { $0.teacherExperts = 3 }
        }
      case .rideOfOne: RIDE { $0.experts = ExpertSettings { $0.count = 1 } }
      case .shike: SHIKE { $0.frozenNormalization = .training }
      case .shikeClean: SHIKE { ($0.experts.count, $0.experts.fusion, $0.form) = (2, .sum, .clean) }
      case .mdcs: MDCS { $0.consistency?.rampEpochs = 2 }
      }
    }

    var stages: [String] {
      switch self {
      case .ride: ["experts", "router"]
      case .rideDistilled: ["teacher", "experts", "router"]
      case .rideOfOne, .mdcs: ["experts"]
      case .shike, .shikeClean: ["experts", "classifiers"]
      }
    }

    /// Steps within every stage, and at the end of each but the last.
    var stops: [Int] {
      switch self {
      case .ride, .shike, .shikeClean: [2, 3, 4]
      case .rideDistilled: [2, 3, 5, 6, 7]
      case .rideOfOne, .mdcs: [2]
      }
    }
  }

  @Test(arguments: Form.allCases) func resumedAndReplayedRunsEqualAPlainOne(_ form: Form) throws {
    let data = try Tiny.data()
    let recipe = try form.recipe(for: data.classes)
    #expect(recipe.stages.map(\.name) == form.stages)
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: form.stops)
    try TrainingRuns.expectEqual(resumed, expected, form.rawValue)
    let runner = ReplayedSteps()
    let watcher = Watcher { if case .stageBegan = $0 { runner.forget() } }
    let replayed = try TrainingRuns.contents(of: recipe, on: data, runner: runner, observers: [watcher])
    try TrainingRuns.expectEqual(replayed, expected, form.rawValue)
    #expect(runner.replayCount > recipe.stages.count)
  }

  /// The weights of a run after each stage.
  private func weights(of recipe: Recipe, on data: TrainingData) throws -> [[String: [Float]]] {
    var found: [[String: [Float]]] = []
    final class Box { var trainer: Trainer? }
    let box = Box()
    let watcher = Watcher { event in
      guard case .stageEnded = event, let model = box.trainer?.model else { return }
      found.append(
        try Dictionary(
          uniqueKeysWithValues: model.state.map { ($0.name, try $0.tensor.detached().to(.float32).floats()) }))
    }
    box.trainer = try Tiny.trainer(recipe, on: data, observers: [watcher])
    try box.trainer?.run()
    return found
  }

  /// A router is trained behind trained experts, which then do not change.
  @Test func routerLeavesExpertsAlone() throws {
    let data = try Tiny.data()
    let stages = try weights(of: Form.ride.recipe(for: data.classes), on: data)
    #expect(stages.count == 2)
    #expect(!stages[0].keys.contains { $0.hasPrefix("router.") })
    #expect(stages[1].keys.contains { $0.hasPrefix("router.") })
    #expect(stages[0].allSatisfy { stages[1][$0.key] == $0.value })
  }

  /// Only classifiers change in the second stage; with `training` normalisation also running statistics.
  @Test func retrainedClassifiersLeaveExpertsAlone() throws {
    let data = try Tiny.data()
    for method in [Form.shike, .shikeClean] {
      let stages = try weights(of: method.recipe(for: data.classes), on: data)
      let changed = stages[0].filter { stages[1][$0.key] != $0.value }.keys
      #expect(changed.contains { $0.hasSuffix("linear.weight") })
      let others = changed.filter { !$0.contains("linear.") }
      #expect(others.allSatisfy { $0.contains("running_") || $0.contains("num_batches") })
      #expect(others.isEmpty == (method == .shikeClean))
    }
  }

  /// Evaluation and prediction use the experts that the router chooses.
  @Test func routedRecipesAreEvaluatedAsRouted() throws {
    let data = try Tiny.data()
    let recipe = try Form.ride.recipe(for: data.classes)
    #expect(recipe.inference == .routed)
    let (trainer, description) = try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      let trainer = try Tiny.trainer(recipe, on: data, store: store)
      try trainer.run()
      return (trainer, try #require(try store.last()).description)
    }
    let model = try #require(trainer.model as? ExpertClassifier)
    let test = try #require(data.test)
    let evaluator = Evaluator(for: description, compute: Tiny.compute)
    try balance(model, evaluator, test)
    let evaluation = try evaluator.evaluate(model, on: test, classes: data.classes)
    // Some images stop at the first expert and some do not.
    let routing = try #require(evaluation.experts?.routing)
    #expect(routing.shares[0] > 0)
    #expect(routing.shares[0] < 1)
    var (classes, used): ([Int], [Int]) = ([], [])
    try test.forEachBatch(of: 3) { images, _ in
      let routed = try model.routed(recipe.preprocessing.normalization(images))
      classes += try routed.logits.indexOfMax(alongAxis: 1).integers()
      used += try routed.expertsUsed.integers()
    }
    #expect(evaluation.predictions.map { Int($0.label) } == classes)
    for number in 1...3 {
      let share = Double(used.count { $0 == number }) / Double(used.count)
      #expect(abs(routing.shares[number - 1] - share) < 1e-9)
    }
  }

  /// Moves the router so that half of the images stop at the first expert.
  private func balance(_ model: ExpertClassifier, _ evaluator: Evaluator, _ images: any TrainingImages) throws {
    let trace = try evaluator.routingTrace(of: model, on: images)
    let answers = trace.routerLogits[0].sorted()
    let middle = answers.count / 2
    let bias = try #require(
      model.allParameters.first { $0.name.hasPrefix("router.") && $0.name.hasSuffix("output.bias") })
    try bias.tensor.detached().add(Tensor([Float(-(answers[middle - 1] + answers[middle]) / 2)]))
  }

  /// A distilled network with as many experts as its teacher is re-initialised.
  @Test func studentsDoNotStartFromTheirTeachers() throws {
    let data = try Tiny.data()
    var settings = RIDE {
      $0.expertLoss = .balancedSoftmax
      $0.distillation = RIDE.Distillation { $0.teacherExperts = 3 }
      $0.router = nil
    }
    settings.model.backbone = "resnet20"
    settings.adjustSchedule {
      $0.length = .steps(2)
      $0.batchSize = 6
    }
    let recipe = try settings.recipe(named: "x", for: data.classes)
    #expect(recipe.model(ofStage: 0) == recipe.model(ofStage: 1))
    var (ended, began): ([Float], [Float]) = ([], [])
    final class Box { var trainer: Trainer? }
    let box = Box()
    let watcher = Watcher { event in
      guard let weights = try box.trainer?.model.allParameters[0].tensor.floats() else { return }
      switch event {
      case .stageEnded(let progress) where progress.stage == "teacher": ended = weights
      case .stageBegan(let progress) where progress.stage == "experts": began = weights
      default: break
      }
    }
    box.trainer = try Tiny.trainer(recipe, on: data, observers: [watcher])
    try box.trainer?.run()
    #expect(!ended.isEmpty)
    #expect(ended.count == began.count)
    #expect(ended != began)
  }

  /// Two equal views count as one in the loss, in batch normalisation and in the log.
  @Test func twoViewsCountOnce() throws {
    let data = try Tiny.data()
    func readings(_ settings: some Method) throws -> [IntervalMetrics] {
      var settings = settings
      settings.model.backbone = "resnet20"
      settings.training = .cifar
      settings.adjustSchedule {
        $0.length = .steps(1)
        $0.batchSize = 6
        $0.augmentation = .none
      }
      let readings = Readings()
      try Tiny.trainer(
        settings.recipe(named: "x", for: data.classes), on: data, observers: [readings]
      ).run()
      return readings.metrics
    }
    let twice = try readings(
      MDCS { ($0.strongAugmentation, $0.exponents, $0.consistency) = (.none, [0, 0], nil) })
    let once = try readings(
      RIDE {
        ($0.experts.count, $0.expertLoss) = (2, .crossEntropy)
        ($0.reweighting, $0.diversity, $0.router) = (nil, nil, nil)
      })
    #expect(twice.count == 1)
    #expect(once.count == 1)
    #expect(twice[0].trainingAccuracy == once[0].trainingAccuracy)
    #expect(abs(twice[0].loss - once[0].loss) < 1e-4 * once[0].loss)
  }

  @Test func badSettingsAreNamed() throws {
    let classes = try Tiny.data().classes
    func expectFault(_ name: String, _ settings: any Method) {
      #expect { try settings.recipe(named: "x", for: classes) } throws: { "\($0)".contains(name) }
    }
    expectFault("model.head", RIDE { $0.model = ModelSettings() })
    expectFault("experts.routing", RIDE { $0.experts.routing = RoutingSettings() })
    expectFault("teacherExperts", RIDE { $0.distillation = RIDE.Distillation { $0.teacherExperts = 9 } })
    expectFault(
      "gamma",
      RIDE { $0.diversity = RIDE.Diversity { ($0.temperatureGamma, $0.temperatureStyle) = (0.9, .shifted) } })
    expectFault("model.head", SHIKE { $0.model = ModelSettings() })
    expectFault("experts.fusion", SHIKE { $0.model.backbone = "deit_tiny_patch16_224" })
    expectFault("exponents", MDCS { $0.exponents = [] })
    var unbounded = SHIKE()
    unbounded.model.featureLength = .kept
    expectFault("model.head", unbounded)
    var smoothed = MDCS()
    smoothed.training.labelSmoothing = 0.1
    expectFault("training.labelSmoothing", smoothed)
    var mixed = MDCS()
    mixed.strongAugmentation.mixing = .init { $0.mixupAlpha = 1 }
    expectFault("strongAugmentation", mixed)
  }
}
