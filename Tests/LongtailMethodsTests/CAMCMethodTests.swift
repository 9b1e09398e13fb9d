import Datasets
import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import RunRecords
import Runs
import Serialization
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// The recipes of calibrated class activation maps.
@Suite(.serialized) struct CAMCMethodTests {
  private func settings(_ change: (inout CAMC) -> Void = { _ in }) -> CAMC {
    var settings = CAMC()
    settings.adopt(.synthetic)
    settings.model.backbone = "resnet20"
    settings.model.normalization = Tiny.normalization
    settings.adjustSchedule {
      $0.length = .epochs(2)
      $0.batchSize = 6
    }
    settings.retraining.length = .epochs(1)
    change(&settings)
    return settings
  }

  private func recipe(_ settings: CAMC) throws -> Recipe {
    try settings.recipe(named: "camc/test", for: Tiny.data().classes)
  }

  /// Data with a validation set; here the test set.
  private func dataWithValidation() throws -> TrainingData {
    var data = try Tiny.data()
    data.validation = data.test
    return data
  }

  /// A run of all stages that is stopped in the first, between them, or in the second is resumed with the same bits.
  @Test(arguments: [3, 8, 10]) func resumesBitForBit(stop: Int) throws {
    let data = try dataWithValidation()
    let recipe = try recipe(
      settings {
        ($0.retrainsClassifier, $0.searchesScale, $0.data.validationShare) = (true, true, 0.1)
        $0.reweighting = Reweighting { $0.share = 0.5 }
      })
    #expect(recipe.stages.map(\.name) == ["joint", "classifier", "scaled"])
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [stop])
    try TrainingRuns.expectEqual(resumed, expected)
  }

  /// With strength 0 calibrated and plain logits are the same.
  @Test func noStrengthIsPlainPooling() throws {
    let data = try Tiny.data()
    let recipe = try recipe(settings { ($0.calibration.strength, $0.retrainsClassifier) = (0, true) })
    let trainer = try Tiny.trainer(recipe, on: data)
    try trainer.run()
    let images = try Tensor.full([2, 3, 32, 32], 0.3).contiguous(.channelsLast)
    let output = try trainer.model(images)
    #expect(try output.expertLogits[0].isEqual(to: output.expertLogits[1]))
  }

  /// A scale that is only fitted does not change while training, and is fitted to the validation set after it.
  @Test func theScaleIsFitted() throws {
    var scales: [Double] = []
    let data = try dataWithValidation()
    let recipe = try recipe(settings { ($0.searchesScale, $0.data.validationShare) = (true, 0.1) })
    let trainer = try Tiny.trainer(recipe, on: data, observers: [])
    func scale() throws -> Double {
      let parameters = trainer.model.allParameters
      return exp(try #require(parameters.first { $0.name.hasSuffix("log_scale") }).tensor.item())
    }
    scales.append(try scale())
    try trainer.run()
    scales.append(try scale())
    #expect(abs(scales[0] - 20) < 1e-4)
    #expect(abs(scales[1] - 20) > 1e-3)
    #expect((1...400).contains(scales[1]))
    // No factor does better.
    let evaluator = Evaluator(preprocessing: recipe.preprocessing, compute: Tiny.compute)
    var scores: [Float] = []
    let heldOut = try #require(data.validation)
    try evaluator.logits(of: trainer.model, on: EvaluationImages(heldOut)) { values, _ in scores += values }
    let best = try ScaleSearch.bestScale(
      logits: Tensor(scores, shape: [heldOut.count, 4]), labels: Tensor(heldOut.hostLabels).to(.int64))
    #expect(abs(best - 1) < 1e-3 || scales[1] < 1.01 || scales[1] > 399)
  }

  @Test func invalidSettingsSayWhy() throws {
    let data = try Tiny.data()
    let changes: [@Sendable (inout CAMC) -> Void] = [
      { $0.searchesScale = true }, { $0.model.head = .linear }, { $0.plainWeight = -1 },
      { $0.reweighting = Reweighting { $0.share = 2 } },
    ]
    for change in changes {
      #expect(throws: SettingFault.self) { try recipe(settings(change)) }
    }
    let transformer = try recipe(settings { $0.model.backbone = "deit_tiny_patch16_224" })
    #expect(throws: ModelError.self) { try transformer.model.outline(classes: 4) }
    let lacking = try recipe(
      settings { ($0.searchesScale, $0.data.validationShare, $0.training.length) = (true, 0.1, .steps(1)) })
    #expect(throws: RecipeError.self) { try Tiny.trainer(lacking, on: data).run() }
  }

  /// Held-out images are not trained on, and none is lost.
  @Test func heldOutImagesAreNotTrainedOn() throws {
    let directory = try DataDirectory.synthetic(
      SyntheticImageSettings(classCount: 4, largestClass: 20, imbalanceFactor: 10, testImagesPerClass: 2))
    var settings = DataSettings()
    settings.validationShare = 0.25
    let preprocessing = Preprocessing(inputSize: Tiny.inputSize, normalization: Tiny.normalization)
    let data = try TrainingData.prepare(directory, settings: settings, preprocessing: preprocessing, on: .cpu)
    let heldOut = try #require(data.validation)
    #expect(data.training.count + heldOut.count == directory.training.count)
    #expect(heldOut.count >= 4)
    #expect(data.test?.count == 8)
    #expect(data.classes.counts.reduce(0, +) == data.training.count)
    let plain = try TrainingData.prepare(directory, preprocessing: preprocessing, on: .cpu)
    #expect(plain.validation == nil)
    #expect(plain.digest != data.digest)
  }

  /// A recorded run writes images of activation maps.
  @Test func runsWriteActivationMaps() throws {
    try withTemporaryFolder { folder in
      let entry = try RecipeRegistry.recipe(named: "camc/synthetic")
      let options = RunOptions {
        $0.data.path = "synthetic"
        ($0.compute.device, $0.compute.precision) = ("cpu", "float32")
      }
      let configuration = try RunConfiguration(options, recipe: entry, folder: folder.path + "/run") { tree in
        try tree.apply(assignment: "training.length='1 steps'")
        try tree.apply(assignment: "training.warmupEpochs=0")
      }
      let run = try RecordedRun.begin(configuration)
      try run.train()
      let entries = try JSONFile.read(
        [ActivationMapEntry].self, from: run.folder.activationMapsPath + "/index.json")
      #expect(entries.count == 12)
      #expect(entries[0].trainingCount > entries[11].trainingCount)
      for name in entries.flatMap({ [$0.image, $0.before, $0.after] }) {
        #expect(FileManager.default.fileExists(atPath: run.folder.activationMapsPath + "/" + name))
      }
    }
  }

  /// Where only parts of the network are trained, the prototypes that the method adds are.
  @Test func prototypesAreTrainedBesideParts() throws {
    let data = try Tiny.data()
    var settings = CAMC()
    settings.model.backbone = "resnet20"
    settings.model.trainedParts = ["layer3", ParameterSelection.head]
    settings.adjustSchedule {
      $0.length = .steps(1)
      $0.batchSize = 6
    }
    let trainer = try Tiny.trainer(settings.recipe(named: "x", for: data.classes), on: data)
    func prototypes() throws -> [Float] {
      try #require(trainer.model.allParameters.first { $0.name == "calibration.prototypes" }).tensor.floats()
    }
    let before = try prototypes()
    try trainer.run()
    #expect(try prototypes() != before)
  }
}
