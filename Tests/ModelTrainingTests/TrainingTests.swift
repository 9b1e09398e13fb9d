import DataLoading
import Datasets
import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import Transforms
import VisionModels

/// Training on small images.
@Suite(.serialized) struct TrainingTests {
  private struct Losses: Decodable {
    /// In double precision, so that neither side's rounding is in them.
    let exact: [Double]

    enum CodingKeys: String, CodingKey {
      case exact = "losses_float64"
    }
  }

  /// A tenth of the learning rate moves features a tenth as far, and the classifier as far as before.
  @Test(arguments: [OptimizerSettings.sgd(weightDecay: 5e-4), .adamW(weightDecay: 0)])
  func featuresMayLearnMoreSlowly(optimizer: OptimizerSettings) throws {
    let data = try Tiny.data()
    func moves(_ factor: Double) throws -> (features: [Float], classifier: [Float]) {
      var stage = try Tiny.stage(length: .steps(1), optimizer: optimizer, schedule: .constant)
      stage.updates[0].backboneLearningRateMultiplier = factor
      let trainer = try Tiny.trainer(Tiny.recipe([stage]), on: data)
      func weights() throws -> [[Float]] {
        let all = trainer.model.allParameters
        return try [all.first, all.last { $0.name == "linear.weight" }].map { try #require($0).tensor.floats() }
      }
      let before = try weights()
      try trainer.run()
      let after = try weights()
      return (zip(after[0], before[0]).map { $0 - $1 }, zip(after[1], before[1]).map { $0 - $1 })
    }
    let (usual, slow) = (try moves(1), try moves(0.1))
    #expect(slow.classifier == usual.classifier)
    #expect(usual.features.contains { abs($0) > 1e-5 })
    #expect(zip(slow.features, usual.features).allSatisfy { abs($0 - 0.1 * $1) < 1e-6 })
  }

  /// Ten steps of ResNet-32 against plain PyTorch, from the same weights and images; see
  /// `Fixtures/generators/make_training_losses.py`.
  @Test(arguments: [(MemoryFormat.channelsLast, SGD.Implementation.fused), (.contiguous, .perTensor)])
  func lossesEqualPyTorch(format: MemoryFormat, implementation: SGD.Implementation) throws {
    let file = Bundle.module.bundleURL.appending(path: "training-losses.json")
    let expected = try JSONDecoder().decode(Losses.self, from: Data(contentsOf: file)).exact
    var generator = SeededGenerator(seed: 77)
    let labels = (0..<16).map { Int32($0 % 10) }
    let images = try DeviceImages(bytes: generator.bytes(16 * 32 * 32 * 3), side: 32, labels: labels, on: .cpu)
    let data = TrainingData(
      training: images, test: nil, classes: try ClassDistribution(labels: labels, classCount: 10), digest: "")
    var optimizer = OptimizerSettings.sgd(weightDecay: 5e-4, nesterov: true)
    optimizer.implementation = implementation
    let stage = try Tiny.stage(
      length: .epochs(10), batchSize: 16, optimizer: optimizer, learningRate: 0.0003, schedule: .constant,
      phases: [Phase(objective: CrossEntropyLoss(), augmentation: .none)])
    let readings = Readings()
    let trainer = try Tiny.trainer(
      Tiny.recipe([stage], backbone: "resnet32", inputSize: 32), on: data,
      compute: ComputeSettings(device: .cpu, precision: .float32, memoryFormat: format), observers: [readings])
    var another = SeededGenerator(seed: 32)
    let weights = try another.weights(trainer.model.state.map { ($0.name, $0.tensor.shape) })
    try trainer.model.load(weights, strict: false)
    try trainer.run()
    expectClose(readings.losses, expected, relative: 1e-4)
  }

  @Test func lossesFall() throws {
    let data = try Tiny.data()
    let stage = try Tiny.stage(
      length: .epochs(12), learningRate: 0.02, phases: [Phase(objective: CrossEntropyLoss(), augmentation: .none)])
    let readings = Readings()
    let result = try Tiny.trainer(Tiny.recipe([stage]), on: data, observers: [readings]).run()
    #expect(readings.losses.count == 48)
    #expect(readings.losses.allSatisfy { $0.isFinite })
    let (first, last) = (readings.losses.prefix(4).reduce(0, +) / 4, readings.losses.suffix(4).reduce(0, +) / 4)
    #expect(last < first / 2, "from \(first) to \(last)")
    let accuracies = readings.metrics.map(\.trainingAccuracy)
    let (before, after) = (accuracies.prefix(4).reduce(0, +) / 4, accuracies.suffix(4).reduce(0, +) / 4)
    #expect(after > before + 0.25, "from \(before) to \(after)")
    #expect(result?.result.sampleCount == 8)
    #expect(result?.predictions.count == 8)
  }

  /// bfloat16 follows single precision closely.
  @Test func shortPrecisionFollows() throws {
    let data = try Tiny.data()
    let recipe = Tiny.recipe([try Tiny.stage(length: .steps(3), learningRate: 0.005)])
    func losses(_ precision: ComputeSettings.Precision) throws -> [Double] {
      let readings = Readings()
      let compute = ComputeSettings(device: .cpu, precision: precision)
      try Tiny.trainer(recipe, on: data, compute: compute, observers: [readings]).run()
      return readings.losses
    }
    let (full, short) = (try losses(.float32), try losses(.bfloat16))
    #expect(full != short)
    expectClose(short, full, relative: 0.05)
  }

  /// Parameters that are not trained keep their bits, and so do the running statistics beside them.
  @Test(arguments: [Stage.FrozenNormalization.evaluation, .training])
  func frozenPartsStay(kind: Stage.FrozenNormalization) throws {
    let data = try Tiny.data()
    var stage = try Tiny.stage(length: .steps(2), training: .only(["linear", "layer3.2"]))
    stage.frozenNormalization = kind
    let trainer = try Tiny.trainer(Tiny.recipe([stage]), on: data)
    let before = try trainer.model.state.map { try $0.tensor.detached().clone() }
    try trainer.run()
    for (item, old) in zip(trainer.model.state, before) where !item.name.hasSuffix("num_batches_tracked") {
      let isTrained = item.name.hasPrefix("linear.") || item.name.hasPrefix("layer3.2.")
      let moves = isTrained || (kind == .training && item.name.contains("running"))
      #expect(try item.tensor.detached().isEqual(to: old) != moves, "\(item.name)")
    }
    #expect(throws: Never.self) { try Tiny.trainer(Tiny.recipe([stage]), on: data) }
    #expect(ParameterSelection.only(["layer3.2"]).contains("layer3.2.bn1.weight", heads: ["linear"]))
    #expect(ParameterSelection.only([ParameterSelection.head]).contains("linear.weight", heads: ["linear"]))
    #expect(!ParameterSelection.only(["layer3.2"]).contains("layer3.20.bn1.weight", heads: ["linear"]))
  }

  /// With EMA, the evaluation, the stage's checkpoint and the last checkpoint all use it.
  @Test func emaIsEvaluatedAndSaved() throws {
    let data = try Tiny.data()
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      let stage = try Tiny.stage(length: .steps(3), emaDecay: 0.5)
      let trainer = try Tiny.trainer(Tiny.recipe([stage]), on: data, store: store)
      let measured = try trainer.run()
      let kept = try Checkpoint(folder.path + "/00-joint.safetensors").model()
      let last = try #require(try store.last()).model()
      for ((own, stored), newest) in zip(zip(trainer.model.state, kept.state), last.state) {
        #expect(try own.tensor.detached().isEqual(to: stored.tensor.detached()), "\(own.name)")
        #expect(try own.tensor.detached().isEqual(to: newest.tensor.detached()), "\(own.name)")
      }
      #expect(!kept.isTraining)
      try kept.move(to: .cpu, format: .channelsLast)
      let test = try #require(data.test)
      let evaluator = Evaluator(preprocessing: Tiny.recipe([]).preprocessing, compute: Tiny.compute)
      let again = try evaluator.evaluate(kept, on: test, classes: data.classes)
      #expect(again.result.confusion == measured?.result.confusion)
    }
  }

  /// The learning rate of each step is the schedule's.
  @Test func ratesFollowTheSchedule() throws {
    let data = try Tiny.data()
    let schedule = Schedule.warmup(
      length: .epochs(1), by: .epoch, then: .factors([.init(.epochs(2), 0.1), .init(.steps(10), 0.01)]))
    let readings = Readings()
    let stage = try Tiny.stage(length: .epochs(3), learningRate: 0.01, schedule: schedule)
    try Tiny.trainer(Tiny.recipe([stage]), on: data, observers: [readings]).run()
    expectClose(
      readings.metrics.map(\.learningRate), Array(repeating: 0.01, count: 8) + [0.001, 0.001, 0.0001, 0.0001],
      relative: 1e-12)
  }

  /// A progressive sampler is balanced at the end of the stage, also when its length is in steps.
  @Test func stagesInStepsAreStagesInEpochs() throws {
    let data = try Tiny.data()
    func losses(_ length: TrainingLength) throws -> [Double] {
      let readings = Readings()
      let stage = try Tiny.stage(length: length, sampler: .progressivelyBalanced)
      try Tiny.trainer(Tiny.recipe([stage]), on: data, observers: [readings]).run()
      return readings.losses
    }
    #expect(try losses(.steps(8)) == losses(.epochs(2)))
  }

  @Test func phasesBeginWhereTheySay() throws {
    func phase(_ from: TrainingLength, _ gamma: Double) throws -> Phase {
      Phase(
        from: from, objective: try FocalLoss(gamma: gamma),
        augmentation: Augmentation { $0.cropPadding = Int(gamma) })
    }
    var stage = try Tiny.stage(phases: [
      phase(.steps(9), 3), phase(.epochs(0), 1), phase(.epochs(2), 2), phase(.steps(9), 4),
    ])
    let found = (0..<12).map { stage.phase(atStep: $0, stepsPerEpoch: 3)?.augmentations["training"]?.cropPadding }
    #expect(found == [1, 1, 1, 1, 1, 1, 2, 2, 2, 4, 4, 4])
    stage.phases = []
    #expect(stage.phase(atStep: 0, stepsPerEpoch: 3)?.objectives.count == nil)
  }

  @Test func eventsComeInOrder() throws {
    let data = try Tiny.data()
    var names: [String] = []
    let watcher = Watcher { event in
      switch event {
      case .stageBegan(let progress): names.append("began \(progress.stage)")
      case .interval(let progress, _): names.append("\(progress.step)/\(progress.totalSteps) run \(progress.runStep)")
      case .evaluated(let progress, _): names.append("evaluated \(progress.epoch)")
      case .saved: names.append("saved")
      case .stageEnded(let progress): names.append("ended \(progress.stageIndex + 1) of \(progress.stageCount)")
      }
    }
    var options = Tiny.options
    options.evaluationInterval = 1
    options.readingsPerEpoch = 2
    try withTemporaryFolder { folder in
      let stages = [try Tiny.stage("a"), try Tiny.stage("b", length: .steps(1))]
      let store = CheckpointStore(folder: folder.path)
      try Tiny.trainer(Tiny.recipe(stages), on: data, options: options, store: store, observers: [watcher]).run()
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(files == ["00-a.safetensors", "01-b.safetensors", "last.safetensors"])
    }
    #expect(
      names == [
        "began a", "2/8 run 2", "4/8 run 4", "evaluated 1", "saved", "6/8 run 6", "8/8 run 8", "saved", "evaluated 2",
        "ended 1 of 2", "began b", "1/1 run 9", "saved", "evaluated 1", "ended 2 of 2",
      ])
  }

  /// Epoch numbers count from 1, and the remaining steps cover later stages, weighted by images per step.
  @Test func progressCoversAllStages() throws {
    let data = try Tiny.data()
    var places: [StageProgress] = []
    let watcher = Watcher { event in if case .interval(let progress, _) = event { places.append(progress) } }
    // 22 images: 4 steps of 6 per epoch, then 2 steps of 12, then half an epoch of 6.
    let stages = [
      try Tiny.stage("a", length: .epochs(2)), try Tiny.stage("b", length: .epochs(1), batchSize: 12),
      try Tiny.stage("c", length: .steps(2)),
    ]
    try Tiny.trainer(Tiny.recipe(stages), on: data, observers: [watcher]).run()
    #expect(places.map(\.epochNumber) == [1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1])
    #expect(places.map(\.epoch) == [0, 0, 0, 1, 1, 1, 1, 2, 0, 1, 0, 1])
    #expect(places.map(\.remainingSteps) == [13, 12, 11, 10, 9, 8, 7, 6, 2, 1, 1, 0])
  }
}
