import DataLoading
import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Torch
import Transforms
import VisionModels

/// Compares the ways in which a device can run the same training: they must give the same numbers.
///
/// Everything is small (synthetic images of four classes, a ResNet-20), so all checks together take seconds on a GPU. On a processor, where
/// nothing is recorded, a stand-in runs the first program of each shape again and again.
public struct DeviceAgreement {
  /// One comparison.
  public struct Check: Sendable, Codable, Equatable {
    /// What is compared.
    public var name: String
    /// Whether it holds.
    public var passed: Bool
    /// The worst deviation that was seen; absent where there is nothing to measure.
    public var worst: Double?
    /// The largest one that is allowed.
    public var limit: Double
    /// Why it could not be done, or what else is to be known.
    public var note: String

    /// Makes a check.
    public init(name: String, passed: Bool, worst: Double?, limit: Double, note: String = "") {
      self.name = name
      self.passed = passed
      self.worst = worst
      self.limit = limit
      self.note = note
    }
  }

  private let device: Device
  private let data: TrainingData
  private let hostData: TrainingData
  private let classes = 4

  /// Draws the images.
  public init(_ device: Device) throws {
    self.device = device
    let drawn = try SyntheticImages(
      SyntheticImageSettings(classCount: 4, largestClass: 20, imbalanceFactor: 4, testImagesPerClass: 6))
    func data(_ device: Device) throws -> TrainingData {
      let labels = drawn.training.labels.map(Int32.init)
      return TrainingData(
        training: try DeviceImages(drawn.training, on: device), test: try DeviceImages(drawn.test, on: device),
        classes: try ClassDistribution(labels: labels, classCount: 4, names: drawn.training.classNames),
        digest: "synthetic")
    }
    self.data = try data(device)
    hostData = device == .cpu ? self.data : try data(.cpu)
  }

  /// All comparisons, in order; one that throws has failed, and the others go on.
  public func checks(report: ((Check) -> Void)? = nil) -> [Check] {
    let ways: [(name: String, limit: Double, worst: () throws -> Double)] = [
      ("recorded steps against steps one by one", 1e-5, { try capturedSteps(perStart: 1) }),
      ("four recorded steps a start against steps one by one", 1e-5, { try capturedSteps(perStart: 4) }),
      ("three runs at the same time against each alone", 1e-5, runsAtOnce),
      ("recorded against plain evaluation", 1e-5, capturedEvaluation),
      ("host transfers and hidden waits within steps", 0, hiddenWaits),
      ("augmentations against the processor's", 1.0 / 255 + 1e-6, augmentations),
      ("losses of five float32 steps against the processor's", 1e-3, lossesAgainstProcessor),
      ("mean loss of five bfloat16 steps against float32", 5e-2, shortPrecision),
      ("channels last against contiguous", 1e-3, layouts),
      ("kernels of our own against the engine's operations", 1e-3, kernels),
    ]
    let kernelChecks = device.kind == .cuda ? kernelAgreements() : []
    for check in kernelChecks { report?(check) }
    return kernelChecks + ways.map { check($0.name, limit: $0.limit, $0.worst, report) }
  }

  private func check(
    _ name: String, limit: Double, _ measure: () throws -> Double, _ report: ((Check) -> Void)?
  ) -> Check {
    let check: Check
    do {
      let worst = try measure()
      check = Check(name: name, passed: worst <= limit, worst: worst, limit: limit)
    } catch {
      check = Check(name: name, passed: false, worst: nil, limit: limit, note: "\(error)")
    }
    report?(check)
    return check
  }

  /// Each GPU kernel against the engine's operations.
  private func kernelAgreements() -> [Check] {
    do {
      return try FusedKernels.agreements(on: device).map {
        Check(name: $0.name, passed: $0.passed, worst: $0.worstDeviation, limit: $0.limit, note: $0.failure)
      }
    } catch {
      return [Check(name: "kernels of our own", passed: false, worst: nil, limit: 0, note: "\(error)")]
    }
  }

  // MARK: What is compared

  private func capturedSteps(perStart: Int) throws -> Double {
    let recorded = try outcome(compute(recording: perStart), runner: standIn(perStart))
    return try recorded.deviation(from: outcome(compute()))
  }

  private func runsAtOnce() throws -> Double {
    let seeds: [UInt64] = [1, 2, 3]
    let alone = try seeds.map { try outcome(compute(), seed: $0) }
    let readings = seeds.map { _ in LossReadings() }
    let trainers = try zip(seeds, readings).map { seed, reading in
      try trainer(compute(recording: 1), seed: seed, runner: nil, observers: [reading])
    }
    let concurrent = TrainingLoop(trainers)
    let results =
      try device == .cpu
      ? concurrent.stepInTurn(trainers).map { try $0.get() } : concurrent.run().map { try $0.get() }
    return try zip(zip(trainers, readings), zip(results, alone)).map { run, expected in
      try Outcome(run.0.model, run.1.losses, expected.0).deviation(from: expected.1)
    }.max() ?? 0
  }

  private func capturedEvaluation() throws -> Double {
    let plain = try outcome(compute())
    let recorded = try outcome(compute(), evaluation: standIn(1) ?? CapturedSteps(on: device))
    return recorded.deviation(from: plain)
  }

  private func hiddenWaits() throws -> Double {
    let watch = WaitWatch(device)
    _ = try WholeBatches.$areForced.withValue(true) { try outcome(compute(), runner: watch) }
    return Double(watch.count)
  }

  private func augmentations() throws -> Double {
    let plain = Normalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    let count = min(64, data.training.count)
    func images(_ augmentation: Augmentation, _ device: Device, _ data: TrainingData) throws -> [Float] {
      let places = try Tensor.range(0, count, on: device)
      guard let resident = data.training as? DeviceImages else { return [] }
      return try withoutGradients {
        try augmentation(
          resident.images(at: places), places: places, step: Tensor(scalar: 3, on: device), seed: 9,
          normalization: plain
        ).contiguous().floats()
      }
    }
    return try [Augmentation.cropAndFlip, .strongCIFAR, .deit].map { augmentation in
      try zip(images(augmentation, device, data), images(augmentation, .cpu, hostData)).map { abs(Double($0 - $1)) }
        .max() ?? .infinity
    }.max() ?? .infinity
  }

  private func lossesAgainstProcessor() throws -> Double {
    var host = ComputeSettings(device: .cpu, precision: .float32)
    host.memoryFormat = .channelsLast
    let own = try outcome(compute(), steps: 5)
    let reference = try outcome(host, steps: 5)
    return Self.deviation(own.losses, reference.losses)
  }

  private func shortPrecision() throws -> Double {
    var short = compute()
    short.precision = .bfloat16
    let (one, other) = (try outcome(short, steps: 5), try outcome(compute(), steps: 5))
    // Rounding grows from step to step, so that single losses say little.
    func mean(_ losses: [Double]) -> Double { losses.reduce(0, +) / Double(max(1, losses.count)) }
    return Self.deviation([mean(one.losses)], [mean(other.losses)])
  }

  private func layouts() throws -> Double {
    var contiguous = compute()
    contiguous.memoryFormat = .contiguous
    let (one, other) = (try outcome(contiguous, steps: 5), try outcome(compute(), steps: 5))
    return Self.deviation(one.losses, other.losses)
  }

  private func kernels() throws -> Double {
    var (plain, fused) = (compute(), compute())
    (plain.kernels, fused.kernels) = (.plain, .fused)
    let (one, other) = (try outcome(fused, steps: 5), try outcome(plain, steps: 5))
    return Self.deviation(one.losses, other.losses)
  }

  // MARK: Runs

  /// Single precision, and only algorithms that repeat: what is left is what the ways do differently.
  private func compute(recording steps: Int = 0) -> ComputeSettings {
    var compute = ComputeSettings(device: device, precision: .float32)
    compute.isDeterministic = true
    compute.capturesSteps = steps > 0
    compute.stepsPerReplay = max(1, steps)
    return compute
  }

  private func standIn(_ perStart: Int) -> (any StepRunner)? {
    device == .cpu ? ReplayedSteps(stepsPerRun: perStart) : nil
  }

  /// Whole runs, which must be equal step by step, or some steps, whose rounding may differ: it grows from step to step, less with large
  /// batches and low rates.
  private func recipe(_ steps: Int?) throws -> Recipe {
    let stage = Stage(
      "joint", for: steps.map { .steps($0) } ?? .epochs(device == .cpu ? 4 : 6), batchSize: steps == nil ? 8 : 32,
      optimizer: .sgd(weightDecay: 2e-4),
      learningRate: steps == nil ? 0.02 : 0.002,
      schedule: .warmup(length: .steps(3), by: .step, then: .cosine(end: 0, by: .step)),
      phases: [
        Phase(objective: try BalancedSoftmaxLoss(data.classes), augmentation: .cropAndFlip),
        Phase(from: .epochs(2), objective: try CrossEntropyLoss(labelSmoothing: 0.1), augmentation: .cropAndFlip),
      ], emaDecay: 0.9)
    return Recipe(
      "agreement", source: "none", model: ModelDescription(backbone: "resnet20"),
      preprocessing: Preprocessing(inputSize: 32, normalization: .cifar), stages: [stage])
  }

  private func trainer(
    _ compute: ComputeSettings, seed: UInt64, steps: Int? = nil, runner: (any StepRunner)?,
    evaluation: (any StepRunner)? = nil, observers: [any TrainingObserver]
  ) throws -> Trainer {
    var options = Trainer.Options()
    options.readingsPerEpoch = steps == nil ? 1 : .max
    options.runner = runner
    options.evaluationRunner = evaluation
    options.evaluationInterval = evaluation == nil ? 0 : 1
    // A recording that is refused runs as it is: then the comparison would say nothing.
    let refusal = Refusal()
    options.notice = { refusal.text = $0 }
    let watch = RefusalWatch(refusal)
    return try Trainer(
      recipe(steps), data: compute.device == .cpu ? hostData : data, compute: compute, seed: seed, options: options,
      observers: observers + [watch])
  }

  private func outcome(
    _ compute: ComputeSettings, seed: UInt64 = 1, steps: Int? = nil, runner: (any StepRunner)? = nil,
    evaluation: (any StepRunner)? = nil
  ) throws -> Outcome {
    let readings = LossReadings()
    let trainer = try trainer(
      compute, seed: seed, steps: steps, runner: runner, evaluation: evaluation, observers: [readings])
    let result = try trainer.run()
    return try Outcome(trainer.model, readings.losses, result)
  }

  /// What a run ends with.
  private struct Outcome {
    let weights: [Double]
    let losses: [Double]
    let confidences: [Double]

    init(_ model: any ImageModel, _ losses: [Double], _ evaluation: Evaluation?) throws {
      weights = try model.state.flatMap { try $0.tensor.doubles() }
      self.losses = losses
      confidences = evaluation?.predictions.map { Double($0.confidence) } ?? []
    }

    func deviation(from other: Outcome) -> Double {
      max(
        DeviceAgreement.deviation(weights, other.weights), DeviceAgreement.deviation(losses, other.losses),
        DeviceAgreement.deviation(confidences, other.confidences))
    }
  }

  /// The largest difference, relative to values above 1; infinite where the counts differ or a value is no number.
  private static func deviation(_ values: [Double], _ others: [Double]) -> Double {
    guard values.count == others.count, !values.isEmpty else { return .infinity }
    return zip(values, others).map { one, other in
      one.isFinite && other.isFinite ? abs(one - other) / max(1, abs(other)) : .infinity
    }.max() ?? 0
  }
}

/// Keeps the losses of a run.
private final class LossReadings: TrainingObserver {
  private(set) var losses: [Double] = []

  func observe(_ event: TrainingEvent) {
    if case .interval(_, let metrics) = event { losses.append(metrics.loss) }
  }
}

/// Why steps could not be recorded.
private final class Refusal: @unchecked Sendable {
  /// Written and read on the training thread alone.
  var text: String?
}

/// Ends a run whose steps could not be recorded.
private final class RefusalWatch: TrainingObserver {
  private let refusal: Refusal
  init(_ refusal: Refusal) { self.refusal = refusal }

  func observe(_ event: TrainingEvent) throws {
    if let text = refusal.text { throw TorchError.operation(name: "recording of steps", arguments: "", reason: text) }
  }
}

/// Counts transfers between host and engine in steps whose shape has come before; on a GPU every hidden wait is an error there.
private final class WaitWatch: StepRunner {
  private let device: Device
  private(set) var count = 0
  private var seen: [StepShape: Int] = [:]

  init(_ device: Device) { self.device = device }

  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    let before = Engine.hostTransferCount
    seen[shape, default: 0] += 1
    guard seen[shape, default: 0] > 3 else { return try body() }
    if device.kind == .cuda { try HiddenSynchronization.fails(during: body) } else { try body() }
    count += Engine.hostTransferCount - before
  }
}
