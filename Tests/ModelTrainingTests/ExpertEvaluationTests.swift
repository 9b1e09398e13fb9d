import BenchmarkSupport
import DataLoading
import LongtailTestSupport
import ModelEvaluation
import ModelTraining
import NeuralNetworks
import Objectives
import RunRecords
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Metrics of a network's experts, counted besides its own.
@Suite struct ExpertEvaluationTests {
  /// The counts of the device are those of the host.
  @Test func deviceCountsAreHostCounts() throws {
    try withRandomCases(10) { generator in
      let (experts, classes) = (Int.random(in: 2...4, using: &generator), Int.random(in: 2...5, using: &generator))
      let device = try ExpertAccumulator(experts: experts, classes: classes, on: .cpu)
      var host = ExpertCounts(experts: experts, classes: classes)
      for batch in 0..<3 {
        let count = Int.random(in: 1...6, using: &generator)
        let scores = generator.numbers(experts * count * classes, in: -1...1)
        let labels = generator.integers(count, in: 0...classes - 1)
        let used = generator.integers(count, in: 1...experts)
        let tensor = try Tensor(scores, shape: [experts, count, classes])
        // A part of the batches uses all experts.
        try device.add(logits: tensor, labels: Tensor(labels), used: batch == 0 ? nil : Tensor(used))
        let answers = try (0..<experts).map { expert in
          try tensor.selected(axis: 0, index: expert).indexOfMax(alongAxis: 1).integers().map(Int32.init)
        }
        try host.add(predictions: answers, labels: labels.map(Int32.init))
        if batch > 0 { try host.addExpertsUsed(used.map(Int32.init), labels: labels.map(Int32.init)) }
      }
      #expect(try device.counts() == host)
      #expect(throws: ObjectiveError.self) {
        try device.add(logits: Tensor.zeros([experts + 1, 1, classes]), labels: Tensor([0]))
      }
      #expect(throws: ObjectiveError.self) {
        try device.add(logits: Tensor.zeros([experts, 1, classes + 1]), labels: Tensor([0]))
      }
    }
  }

  /// Nothing is read while batches are added.
  @Test func addingAsksNothingOfTheDevice() throws {
    let accumulator = try ExpertAccumulator(experts: 3, classes: 4, on: .cpu)
    let (scores, labels, used) = (
      try Tensor.zeros([3, 5, 4]), try Tensor([0, 1, 2, 3, 0]), try Tensor([1, 2, 3, 1, 1])
    )
    let before = Engine.hostTransferCount
    for _ in 0..<3 { try accumulator.add(logits: scores, labels: labels, used: used) }
    #expect(Engine.hostTransferCount == before)
    #expect(try accumulator.counts().images == [6, 3, 3, 3])
  }

  /// A network with fixed logits, which the first pixel chooses.
  private final class FixedExperts: Module, ImageModel {
    let classCount = 4
    let hasRouter: Bool
    let backbone: any Backbone
    let heads: [any Layer] = []
    let headNames: [String] = []

    init(hasRouter: Bool) throws {
      self.hasRouter = hasRouter
      backbone = try CIFARResNet(blocksPerStage: 1, using: Initializer(seed: 0))
    }

    func callAsFunction(_ images: Tensor) throws -> ModelOutput {
      let brightness = try images.mean(alongAxes: [1, 2, 3]).reshaped([-1, 1])
      let experts = try (0..<3).map { expert in
        let places = try Tensor.range(0, 4).to(.float32).reshaped([1, -1])
        return try (brightness * Double(3 * expert + 1) * (places - 1.5)).sin()
      }
      let router = hasRouter ? try (0..<2).map { try (brightness * Double(5 - $0)).sin().reshaped([-1]) } : []
      return ModelOutput(logits: try ExpertLogits.mean(of: experts), expertLogits: experts, routerLogits: router)
    }
  }

  @Test(arguments: [false, true]) func measurementsTellExpertsApart(hasRouter: Bool) throws {
    let data = try Tiny.data()
    let test = try #require(data.test)
    let preprocessing = Preprocessing(inputSize: Tiny.inputSize, normalization: Tiny.normalization)
    let model = try FixedExperts(hasRouter: hasRouter)
    func evaluation(batchSize: Int) throws -> Evaluation {
      try Evaluator(preprocessing: preprocessing, compute: Tiny.compute, batchSize: batchSize)
        .evaluate(model, on: test, classes: data.classes)
    }
    let whole = try evaluation(batchSize: 100)
    let experts = try #require(whole.experts)
    #expect(try evaluation(batchSize: 3).experts == experts)
    #expect(experts.experts.count == 3)
    #expect((experts.routing != nil) == hasRouter)
    // Each expert by itself, evaluated as a network of its own.
    var pixels: [Tensor] = []
    try test.forEachBatch(of: 100) { images, _ in pixels.append(images) }
    let output = try model(preprocessing.normalization(Tensor.concatenation(pixels)))
    for (expert, logits) in zip(experts.experts, output.expertLogits) {
      var accumulator = try EvaluationAccumulator(classes: data.classes)
      try accumulator.update(logits: logits.floats(), labels: test.hostLabels)
      let result = try accumulator.result()
      #expect(expert.accuracy == result.accuracy)
      for group in result.shotGroups {
        expectClose(expert.shotGroups[group.group] ?? -1, group.accuracy, relative: 1e-14)
      }
    }
    if hasRouter {
      let used = try ExpertRouter.route(expertLogits: output.expertLogits, routerLogits: output.routerLogits)
        .expertsUsed
        .doubles()
      expectClose(
        experts.routing?.meanExperts ?? 0, used.reduce(0, +) / Double(used.count), relative: 1e-12)
    }
  }

  /// Logits are computed for images without labels too.
  @Test func imagesWithoutLabelsAreOnlyScored() throws {
    let data = try Tiny.data()
    let test = try #require(data.test)
    let evaluator = Evaluator(
      preprocessing: Preprocessing(inputSize: Tiny.inputSize, normalization: Tiny.normalization), compute: Tiny.compute)
    var count = 0
    try evaluator.logits(of: FixedExperts(hasRouter: true), on: EvaluationImages(test)) { logits, _ in
      count += logits.count
    }
    #expect(count == test.count * 4)
    // One network with one head has no experts to tell apart.
    let plain = try Tiny.recipe([Tiny.stage()]).model.model(classes: 4, seed: 0)
    #expect(try evaluator.evaluate(plain, on: test, classes: data.classes).experts == nil)
  }

  // MARK: Epochs

  /// An objective whose term is the epoch, as objectives see it on the device.
  private struct EpochTerm: Objective {
    func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
      let epoch = try step.epoch().to(.float32)
      return [LossTerm("epoch", sum: try epoch + output.logits.sum() * 0.0, denominator: .count(1))]
    }
  }

  /// Eight steps, four per epoch; replayed steps see their own epoch too.
  @Test(arguments: [false, true]) func objectivesSeeTheEpoch(isRepeated: Bool) throws {
    let stage = try Tiny.stage(phases: [Phase(objective: EpochTerm(), augmentation: .none)])
    let readings = Readings()
    var options = Tiny.options
    let runner = ReplayedSteps()
    if isRepeated { options.runner = runner }
    try Tiny.trainer(Tiny.recipe([stage]), on: Tiny.data(), options: options, observers: [readings]).run()
    #expect(runner.replayCount > 0 || !isRepeated)
    #expect(readings.losses == [0, 0, 0, 0, 1, 1, 1, 1])
  }
}
