import DataLoading
import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Torch
import Transforms
import VisionModels

/// Checks that all execution modes of a device give the same numbers: captured and eager steps, concurrent runs, precisions, memory formats,
/// kernels.
///
/// Everything is small (synthetic images of four classes, a ResNet-20), so all checks together take seconds on a GPU. On a processor, where
/// nothing can be captured, `ReplayedSteps` stands in.
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
  private let references = References()

  /// Generates the images.
  public init(_ device: Device) throws {
    self.device = device
    let images = try SyntheticImages(
      SyntheticImageSettings(classCount: 4, largestClass: 20, imbalanceFactor: 4, testImagesPerClass: 6))
    func data(_ device: Device) throws -> TrainingData {
      let labels = images.training.labels.map(Int32.init)
      return TrainingData(
        training: try DeviceImages(images.training, on: device), test: try DeviceImages(images.test, on: device),
        classes: try ClassDistribution(labels: labels, classCount: 4, names: images.training.classNames),
        digest: "synthetic")
    }
    self.data = try data(device)
    hostData = device == .cpu ? self.data : try data(.cpu)
  }

  /// All comparisons, in order; one that throws has failed, and the others go on.
  public func checks(report: ((Check) -> Void)? = nil) -> [Check] {
    let comparisons: [(name: String, limit: Double, worst: () throws -> Double)] = [
      ("captured against eager steps", 1e-5, { try capturedSteps(perReplay: 1) }),
      ("four captured steps per replay against eager steps", 1e-5, { try capturedSteps(perReplay: 4) }),
      ("three concurrent runs against each alone", 1e-5, runsAtOnce),
      ("captured against eager evaluation", 1e-5, capturedEvaluation),
      ("host transfers and hidden synchronisation within steps", 0, hiddenSynchronization),
      ("augmentations against the processor's", 1.0 / 255 + 1e-6, augmentations),
      ("losses of five float32 steps against the processor's", 1e-3, lossesAgainstProcessor),
      ("mean loss of five bfloat16 steps against float32", 5e-2, bfloat16),
      ("channels last against contiguous", 1e-3, layouts),
      ("kernels of our own against the engine's operations", 1e-3, kernels),
    ]
    let kernelChecks = device.kind == .cuda ? kernelAgreements() : []
    for check in kernelChecks { report?(check) }
    return kernelChecks + comparisons.map { check($0.name, limit: $0.limit, $0.worst, report) }
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

  private func capturedSteps(perReplay: Int) throws -> Double {
    let captured = try outcome(compute(capturing: perReplay), runner: standIn(perReplay))
    return try captured.deviation(from: reference())
  }

  private func runsAtOnce() throws -> Double {
    let seeds: [UInt64] = [1, 2, 3]
    let alone = try seeds.map { try reference(seed: $0) }
    let readings = seeds.map { _ in LossReadings() }
    let trainers = try zip(seeds, readings).map { seed, reading in
      try trainer(compute(capturing: 1), seed: seed, runner: nil, observers: [reading])
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
    let plain = try reference()
    let captured = try outcome(compute(), evaluation: standIn(1) ?? CapturedSteps(on: device))
    return captured.deviation(from: plain)
  }

  private func hiddenSynchronization() throws -> Double {
    let counter = TransferCounter(device)
    _ = try HostReads.$areForbidden.withValue(true) { try outcome(compute(), runner: counter) }
    return Double(counter.count)
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
    let own = try reference(steps: 5)
    let reference = try outcome(host, steps: 5)
    return Self.deviation(own.losses, reference.losses)
  }

  private func bfloat16() throws -> Double {
    var reduced = compute()
    reduced.precision = .bfloat16
    let (one, other) = (try outcome(reduced, steps: 5), try reference(steps: 5))
    // Rounding differences grow from step to step, so that single losses say little.
    func mean(_ losses: [Double]) -> Double { losses.reduce(0, +) / Double(max(1, losses.count)) }
    return Self.deviation([mean(one.losses)], [mean(other.losses)])
  }

  private func layouts() throws -> Double {
    var contiguous = compute()
    contiguous.memoryFormat = .contiguous
    let (one, other) = (try outcome(contiguous, steps: 5), try reference(steps: 5))
    return Self.deviation(one.losses, other.losses)
  }

  private func kernels() throws -> Double {
    var (plain, fused) = (compute(), compute())
    (plain.kernels, fused.kernels) = (.plain, .fused)
    let (one, other) = (try outcome(fused, steps: 5), try outcome(plain, steps: 5))
    return Self.deviation(one.losses, other.losses)
  }

  // MARK: Runs

  /// Single precision and deterministic algorithms: what is left is what the execution modes do differently.
  private func compute(capturing steps: Int = 0) -> ComputeSettings {
    var compute = ComputeSettings(device: device, precision: .float32)
    compute.isDeterministic = true
    compute.capturesSteps = steps > 0
    compute.stepsPerReplay = max(1, steps)
    return compute
  }

  private func standIn(_ perReplay: Int) -> (any StepRunner)? {
    device == .cpu ? ReplayedSteps(stepsPerRun: perReplay) : nil
  }

  /// Whole runs, which must be equal step by step, or some steps, whose rounding may differ: differences grow from step to step, less with
  /// large batches and low learning rates.
  private func recipe(_ steps: Int?) throws -> Recipe {
    let stage = Stage(
      "joint", for: steps.map { .steps($0) } ?? .epochs(device == .cpu ? 3 : 6), batchSize: steps == nil ? 8 : 32,
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
    // Steps that cannot be captured run eagerly: then the comparison would say nothing.
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

  /// The outcome of eager steps with the plain settings, which most comparisons need; each run is trained once.
  private func reference(seed: UInt64 = 1, steps: Int? = nil) throws -> Outcome {
    let key = "\(seed) \(steps ?? 0)"
    if let known = references.outcomes[key] { return known }
    let outcome = try outcome(compute(), seed: seed, steps: steps)
    references.outcomes[key] = outcome
    return outcome
  }

  private final class References { var outcomes: [String: Outcome] = [:] }

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
