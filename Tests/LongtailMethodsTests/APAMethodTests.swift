import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// The recipes of adaptive parametric activations.
@Suite(.serialized) struct APAMethodTests {
  /// The numbers of parameters of the published networks.
  @Test(arguments: [("resnet32", 100, 484_556, 46), ("resnet50", 1000, 28_101_314, 65)])
  func networksHaveThePublishedSize(backbone: String, classes: Int, parameters: Int, pairs: Int) throws {
    var settings = APA()
    settings.model.backbone = backbone
    let model = try settings.model.description.outline(classes: classes)
    #expect(model.adaptiveCurves.count == pairs)
    #expect(model.parameterCount == parameters)
  }

  @Test func plainGatesHaveThePublishedSize() throws {
    var settings = ModelSettings { $0.head = .cosine }
    settings.gate = .squeezeExcitation
    let plain = try settings.description.outline(classes: 100)
    #expect(plain.parameterCount == 483_344)
    settings.gate = .adaptiveBlockAttention
    #expect(try settings.description.outline(classes: 100).adaptiveCurves.count == 30)
    settings.backbone = "deit_tiny_patch16_224"
    #expect(throws: ModelError.self) { try settings.description.outline(classes: 100) }
  }

  /// `lambda` and `kappa` have no weight decay.
  @Test func activationParametersDoNotDecay() throws {
    let model = try APA().model.description.outline(classes: 4)
    let optimizer = try OptimizerSettings.sgd(weightDecay: 0.1).optimizer(for: model.allParameters)
    let undecayed = optimizer.groups.filter { $0.weightDecay == 0 }.flatMap(\.parameters).map(\.name)
    #expect(undecayed.count == 2 * 46)
    #expect(undecayed.allSatisfy { $0.contains("lambda_param") || $0.contains("kappa_param") })
    var all = OptimizerSettings.sgd(weightDecay: 0.1)
    all.noDecayNames = []
    #expect(try all.optimizer(for: model.allParameters).groups.map(\.weightDecay) == [0.1])
  }

  private func recipe(_ change: (inout APA) -> Void = { _ in }) throws -> Recipe {
    var settings = APA { $0.training = .synthetic }
    settings.model.backbone = "resnet20"
    settings.model.normalization = Tiny.normalization
    settings.model.inputSize = Tiny.inputSize
    settings.training.length = .epochs(2)
    settings.training.batchSize = 6
    change(&settings)
    return try settings.recipe(named: "apa/test", for: Tiny.data().classes)
  }

  /// The prior correction is applied in evaluation while training, and by whatever opens the checkpoint.
  @Test func checkpointsHoldTheCorrection() throws {
    let data = try Tiny.data()
    let test = try #require(data.test)
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      let trainer = try Tiny.trainer(recipe(), on: data, store: store)
      let measured = try #require(try trainer.run())
      let checkpoint = try Checkpoint(store.lastPath)
      #expect(checkpoint.description.inference == .relativeFrequency)
      let model = try checkpoint.model()
      try model.move(to: .cpu, format: .channelsLast)
      let again = try Evaluator(for: checkpoint.description, compute: Tiny.compute)
        .evaluate(model, on: test, classes: data.classes)
      #expect(again.predictions.map(\.confidence) == measured.predictions.map(\.confidence))
      let plain = try Evaluator(preprocessing: checkpoint.description.preprocessing, compute: Tiny.compute)
        .evaluate(model, on: test, classes: data.classes)
      #expect(plain.predictions.map(\.confidence) != measured.predictions.map(\.confidence))
    }
  }

  @Test func offsetsRaiseRareClasses() throws {
    let offsets = try #require(InferenceRule.relativeFrequency.offsets(classCounts: [6, 3, 1, 0]))
    expectClose(offsets, [log(4.0 / 6), log(7.0 / 3), log(9), 0], relative: 1e-14)
    #expect(InferenceRule.logits.offsets(classCounts: [1, 2]) == nil)
    #expect(InferenceRule.relativeFrequency.offsets(classCounts: [3, 0]) == [0, 0])
  }

  /// A run that is stopped in the middle or at an epoch's end is resumed with the same bits.
  @Test(arguments: [3, 4]) func resumesBitForBit(stop: Int) throws {
    let data = try Tiny.data()
    let recipe = try recipe { $0.training.augmentation.mixing = .init { $0.mixupAlpha = 0.2 } }
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [stop])
    try TrainingRuns.expectEqual(resumed, expected)
  }

  /// Learned parameters are logged at the ends of epochs, and change.
  @Test(arguments: AdaptiveParametricActivation.LambdaGradient.allCases)
  func activationParametersAreLogged(gradient: AdaptiveParametricActivation.LambdaGradient) throws {
    let readings = Readings()
    let recipe = try recipe { $0.lambdaGradient = gradient }
    try Tiny.trainer(recipe, on: Tiny.data(), observers: [readings]).run()
    let curves = readings.metrics.map(\.curves).filter { !$0.isEmpty }
    #expect(curves.count == 2)
    #expect(curves[0].count == 28)
    #expect(curves[0].map(\.name).first == "act1")
    #expect(curves[0].map(\.lambda).allSatisfy { $0 > 0 })
    #expect(curves[0] != curves[1])
  }

  @Test func gradientsDiffer() throws {
    func lambdas(_ gradient: AdaptiveParametricActivation.LambdaGradient) throws -> [Double] {
      let readings = Readings()
      let recipe = try recipe { $0.lambdaGradient = gradient }
      try Tiny.trainer(recipe, on: Tiny.data(), observers: [readings]).run()
      return readings.metrics.last?.curves.map(\.lambda) ?? []
    }
    #expect(try lambdas(.exact) != lambdas(.published))
  }

  @Test func trainingCorrectionIsBalancedSoftmax() throws {
    let corrected = try recipe { $0.priorCorrection = .training }
    #expect(corrected.inference == .logits)
    #expect(corrected.stages[0].phases[0].objectives["network"] is BalancedSoftmaxLoss)
    #expect(throws: SettingFault.self) {
      try recipe { ($0.priorCorrection, $0.training.labelSmoothing) = (.training, 0.1) }
    }
  }

  @Test func descriptionsAreReadAsWritten() throws {
    let new = APA().model.description
    #expect(try JSONDecoder().decode(ModelDescription.self, from: JSONEncoder().encode(new)) == new)
  }
}
