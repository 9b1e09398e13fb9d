import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import VisionData
import VisionModels

/// RIDE, SHIKE and MDCS as recipes.
@Suite(.serialized) struct ExpertMethodTests {
  enum Method: String, CaseIterable, Sendable {
    case ride, rideTaught, rideOfOne, shike, shikeClean, mdcs

    /// Stages of three steps, the last ones of two; four steps are an epoch.
    func recipe(for classes: ClassDistribution) throws -> Recipe {
      var settings = self.settings
      settings.model.backbone = "resnet20"
      settings.training.length = .steps(3)
      settings.training.batchSize = 6
      settings.training.augmentation = Tiny.augmentation
      if var ride = settings as? RIDESettings {
        ride.gating.length = .steps(2)
        ride.reweightedShare = 1
        settings = ride
      }
      if var shike = settings as? SHIKESettings {
        shike.retraining.length = .steps(2)
        settings = shike
      }
      return try settings.recipe(named: rawValue, for: classes)
    }

    private var settings: any MethodSettings {
      switch self {
      case .ride: RIDESettings()
      case .rideTaught:
        RIDESettings(
          experts: .init(count: 2, widthFactors: [0.75]), expertLoss: .balancedSoftmax, diversityTarget: .pairwise,
          temperatureStyle: .shifted, teacherExperts: 3)
      case .rideOfOne: RIDESettings(experts: .init(count: 1))
      case .shike: SHIKESettings(frozenNormalization: .training)
      case .shikeClean: SHIKESettings(experts: .init(count: 2, fusion: .sum), form: .clean)
      case .mdcs: MDCSSettings(rampEpochs: 2)
      }
    }

    var stages: [String] {
      switch self {
      case .ride: ["experts", "gates"]
      case .rideTaught: ["teacher", "experts", "gates"]
      case .rideOfOne, .mdcs: ["experts"]
      case .shike, .shikeClean: ["experts", "classifiers"]
      }
    }

    /// Steps within every stage, and at the end of each but the last.
    var stops: [Int] {
      switch self {
      case .ride, .shike, .shikeClean: [2, 3, 4]
      case .rideTaught: [2, 3, 5, 6, 7]
      case .rideOfOne, .mdcs: [2]
      }
    }
  }

  @Test(arguments: Method.allCases) func interruptionsLeaveNoTrace(_ method: Method) throws {
    let data = try Tiny.data()
    let recipe = try method.recipe(for: data.classes)
    #expect(recipe.stages.map(\.name) == method.stages)
    let expected = try MethodRuns.contents(of: recipe, on: data)
    let resumed = try MethodRuns.contents(of: recipe, on: data, stoppingAfter: method.stops)
    try MethodRuns.expectEqual(resumed, expected, method.rawValue)
  }

  @Test(arguments: Method.allCases) func recordedProgramsGiveTheSameRun(_ method: Method) throws {
    let data = try Tiny.data()
    let recipe = try method.recipe(for: data.classes)
    let runner = RepeatedPrograms()
    let watcher = Watcher { if case .stageBegan = $0 { runner.forget() } }
    let recorded = try MethodRuns.contents(of: recipe, on: data, runner: runner, observers: [watcher])
    try MethodRuns.expectEqual(recorded, MethodRuns.contents(of: recipe, on: data), method.rawValue)
    #expect(runner.repeatCount > recipe.stages.count)
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

  /// Gates appear behind trained experts, which then stay as they are.
  @Test func gatesLeaveExpertsAlone() throws {
    let data = try Tiny.data()
    let stages = try weights(of: Method.ride.recipe(for: data.classes), on: data)
    #expect(stages.count == 2 && !stages[0].keys.contains { $0.hasPrefix("gates.") })
    #expect(stages[1].keys.contains { $0.hasPrefix("gates.") })
    #expect(stages[0].allSatisfy { stages[1][$0.key] == $0.value })
  }

  /// Only classifiers change in the second stage; with `training` normalisation also what it has seen.
  @Test func freshClassifiersLeaveExpertsAlone() throws {
    let data = try Tiny.data()
    for method in [Method.shike, .shikeClean] {
      let stages = try weights(of: method.recipe(for: data.classes), on: data)
      let changed = stages[0].filter { stages[1][$0.key] != $0.value }.keys
      #expect(changed.contains { $0.hasSuffix("linear.weight") })
      let others = changed.filter { !$0.contains("linear.") }
      #expect(
        others.allSatisfy { $0.contains("running_") || $0.contains("num_batches") }
          && others.isEmpty == (method == .shikeClean))
    }
  }

  /// What gates decide is what is measured and predicted.
  @Test func routedRecipesAreMeasuredAsRouted() throws {
    let data = try Tiny.data()
    let recipe = try Method.ride.recipe(for: data.classes)
    #expect(recipe.inference == .routed)
    let trainer = try Tiny.trainer(recipe, on: data)
    let evaluation = try #require(try trainer.run())
    let routing = try #require(evaluation.experts?.routing)
    #expect(abs(routing.shares.reduce(0, +) - 1) < 1e-9)
    let model = try #require(trainer.model as? ExpertClassifier)
    model.setTraining(false)
    let test = try #require(data.test)
    var classes: [Int] = []
    try test.forEachBatch(of: 3) { pictures, _ in
      let inputs = try Tiny.normalization(pictures)
      classes += try model.routed(inputs).logits.indexOfMax(alongAxis: 1).integers()
    }
    #expect(evaluation.predictions.map { Int($0.label) } == classes)
  }

  @Test func badSettingsAreNamed() throws {
    let classes = try Tiny.data().classes
    func expectFault(_ name: String, _ settings: any MethodSettings) {
      #expect { try settings.recipe(named: "x", for: classes) } throws: { "\($0)".contains(name) }
    }
    expectFault("model.head", RIDESettings(model: .init()))
    expectFault("experts.routing", RIDESettings(experts: .init(routing: .init())))
    expectFault("teacherExperts", RIDESettings(teacherExperts: 9))
    expectFault("gamma", RIDESettings(temperatureGamma: 0.9, temperatureStyle: .shifted))
    expectFault("model.head", SHIKESettings(model: .init()))
    expectFault("experts.fusion", SHIKESettings(model: .init(backbone: "deit_tiny_patch16_224", head: .cosine)))
    expectFault("exponents", MDCSSettings(exponents: []))
    var mixed = MDCSSettings()
    mixed.strongAugmentation.mixupAlpha = 1
    expectFault("strongAugmentation", mixed)
  }
}
