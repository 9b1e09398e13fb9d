import Datasets
import ModelEvaluation
import Objectives
import Torch
import VisionModels

/// Evaluates a model on images.
///
/// On a GPU the logits of many batches are read at once, so that the host seldom waits.
public final class Evaluator {
  /// Logits that are left on a GPU before they are read.
  private static let maximumUnreadCount = 32 << 20
  let preprocessing: Preprocessing
  let compute: ComputeSettings
  let batchSize: Int
  private let runner: (any StepRunner)?
  private var capturedPasses: [StepShape: CapturedPass] = [:]
  /// What is added to the logits of each class.
  private let offsets: ClassConstant?
  /// Whether the router decides how many experts predict.
  private let isRouted: Bool
  /// Counts the experts' predictions; nil while images are only predicted, which needs no labels.
  private var experts: ExpertAccumulator?
  private var countsExperts = false

  /// Where a captured pass reads its images and writes its outputs.
  private struct CapturedPass {
    let images: Tensor
    let outputs: Outputs
  }

  /// What evaluation uses of a model's output, in float32.
  private struct Outputs {
    /// `[batch, classes]`
    var logits: Tensor
    /// Of each expert, `[experts, batch, classes]`; nil for a network with one.
    var expertLogits: Tensor?
    /// How many experts the router chooses, int64 `[batch]`; nil for a network without a router.
    var expertsUsed: Tensor?

    var tensors: [Tensor] { [logits] + [expertLogits, expertsUsed].compactMap { $0 } }

    func clone() throws -> Outputs {
      Outputs(
        logits: try logits.clone(), expertLogits: try expertLogits.map { try $0.clone() },
        expertsUsed: try expertsUsed.map { try $0.clone() })
    }
  }

  /// Makes an evaluator that predicts by the logits as they are.
  public convenience init(preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500) {
    self.init(preprocessing: preprocessing, compute: compute, batchSize: batchSize, runner: nil)
  }

  /// Makes an evaluator for the model of a checkpoint, with the preprocessing and inference rule that it was trained with.
  public convenience init(for description: CheckpointDescription, compute: ComputeSettings) {
    self.init(
      preprocessing: description.preprocessing, compute: compute,
      inference: description.inference ?? .logits, classCounts: description.classCounts, runner: nil)
  }

  /// Makes an evaluator of one model.
  /// - Parameter runner: what runs its passes; it may replay captured ones.
  init(
    preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500,
    inference: InferenceRule = .logits, classCounts: [Int] = [], runner: (any StepRunner)?
  ) {
    offsets = inference.offsets(classCounts: classCounts).map(ClassConstant.init)
    isRouted = inference == .routed
    self.preprocessing = preprocessing
    self.compute = compute
    self.batchSize = batchSize
    self.runner = runner
  }

  // MARK: Metrics

  /// All metrics of a model with one crop of each image. The model is left in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: any TrainingImages, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> Evaluation {
    try evaluate(model, on: EvaluationImages(images), classes: classes, rule: rule)
  }

  /// All metrics of a model. The model is left in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: EvaluationImages, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> Evaluation {
    var predictions: [SamplePrediction] = []
    predictions.reserveCapacity(images.count)
    var accumulator = try EvaluationAccumulator(classes: classes, rule: rule)
    countsExperts = true
    defer { (countsExperts, experts) = (false, nil) }
    try logits(of: model, on: images) { logits, start in
      let labels = Array(images.hostLabels[start..<start + logits.count / classes.classCount])
      predictions += try accumulator.update(logits: logits, labels: labels)
    }
    var experts = try experts?.counts().result(classes: classes, rule: rule)
    if let shares = experts?.routing?.shares {
      experts?.meanOperations = try model.meanOperations(
        inputSize: preprocessing.inputSize, stoppingFractions: shares)
    }
    return Evaluation(result: try accumulator.result(), predictions: predictions, experts: experts)
  }

  private func countExperts(_ outputs: Outputs, labels: Tensor) throws {
    guard let logits = outputs.expertLogits else { return }
    let accumulator =
      try experts ?? ExpertAccumulator(experts: logits.shape[0], classes: logits.shape[2], on: logits.device)
    experts = accumulator
    try accumulator.add(logits: logits, labels: labels, used: outputs.expertsUsed)
  }

  // MARK: Logits

  /// Calls `body` with the logits of each batch, row by row, and the index of its first image.
  ///
  /// Logits of an image and its mirror image are averaged. Those of several crops are too, and are held in memory for all images: four bytes
  /// per image and class.
  public func logits(of model: any ImageModel, on images: EvaluationImages, _ body: ([Float], Int) throws -> Void)
    throws
  {
    try compute.apply()
    model.setTraining(false)
    guard images.crops.count > 1 else { return try logits(of: model, on: images.crops[0], images.isMirrored, body) }
    var sums: [Float] = []
    for (number, crop) in images.crops.enumerated() {
      var start = 0
      try crop.forEachBatch(of: batchSize) { batch, _ in
        let logits = try outputs(of: model, batch, images.isMirrored).logits.floats()
        if number == 0 {
          sums += logits
        } else {
          for (index, logit) in logits.enumerated() { sums[start + index] += logit }
        }
        start += logits.count
      }
    }
    let width = images.count > 0 ? sums.count / images.count : 0
    for start in stride(from: 0, to: images.count, by: batchSize) {
      let rows = sums[start * width..<min(start + batchSize, images.count) * width]
      try body(rows.map { $0 / Float(images.crops.count) }, start)
    }
  }

  private func logits(
    of model: any ImageModel, on images: any TrainingImages, _ isMirrored: Bool, _ body: ([Float], Int) throws -> Void
  ) throws {
    let limit = compute.device == .cpu ? 0 : Self.maximumUnreadCount
    var unread: [(logits: Tensor, start: Int)] = []
    func readAll() throws {
      for (logits, start) in unread { try body(logits.floats(), start) }
      unread = []
    }
    try images.forEachBatch(of: batchSize) { batch, start in
      let outputs = try outputs(of: model, batch, isMirrored)
      if countsExperts {
        try countExperts(outputs, labels: images.labels.narrowed(axis: 0, start: start, count: batch.shape[0]))
      }
      unread.append((outputs.logits, start))
      if unread.reduce(0, { $0 + $1.logits.elementCount }) > limit { try readAll() }
    }
    try readAll()
  }

  // MARK: Passes

  /// The outputs for a batch, on the device.
  private func outputs(of model: any ImageModel, _ images: Tensor, _ isMirrored: Bool) throws -> Outputs {
    try withoutGradients {
      guard let runner else { return try pass(model, images, isMirrored) }
      let shape = StepShape(phaseStart: isMirrored ? 1 : 0, counts: [images.shape[0]])
      guard let captured = capturedPasses[shape] else {
        let outputs = try pass(model, images, isMirrored)
        capturedPasses[shape] = CapturedPass(images: try images.clone(), outputs: try outputs.clone())
        return outputs
      }
      try captured.images.copy(from: images)
      try runner.run(shape) { [self] in
        try withoutGradients {
          let outputs = try pass(model, captured.images, isMirrored)
          for (old, new) in zip(captured.outputs.tensors, outputs.tensors) { try old.copy(from: new) }
        }
      }
      return try captured.outputs.clone()
    }
  }

  private func pass(_ model: any ImageModel, _ images: Tensor, _ isMirrored: Bool) throws -> Outputs {
    var outputs = try singlePass(model, images)
    if isMirrored {
      let mirrored = try singlePass(model, images.flipped(axes: [2]))
      outputs.logits = try (outputs.logits + mirrored.logits) * 0.5
      if let own = outputs.expertLogits, let other = mirrored.expertLogits {
        outputs.expertLogits = try (own + other) * 0.5
      }
      // Each view is routed by itself, so there is no common number of experts.
      outputs.expertsUsed = nil
    }
    if let offsets { outputs.logits = try outputs.logits + offsets.tensor(like: outputs.logits) }
    return outputs
  }

  private func singlePass(_ model: any ImageModel, _ images: Tensor) throws -> Outputs {
    let inputs = try preprocessing.normalization(images).contiguous(compute.memoryFormat)
    // Where no expert is counted, those that the router does not choose need not be computed. That reads the router's decisions on the host,
    // which a captured pass cannot.
    if isRouted, !countsExperts, runner == nil,
      let logits = try inPrecision({ try model.routedLogits(inputs) })
    {
      return Outputs(logits: try logits.to(.float32))
    }
    let output = try inPrecision { try model(inputs) }
    let experts =
      output.expertLogits.count < 2 ? nil : try Tensor.stack(output.expertLogits.map { try $0.to(.float32) })
    let routed = try output.routed()
    return Outputs(
      logits: try (isRouted ? routed?.logits ?? output.logits : output.logits).to(.float32), expertLogits: experts,
      expertsUsed: routed?.expertsUsed)
  }

  private func inPrecision<Result>(_ body: () throws -> Result) throws -> Result {
    try withAutocast(compute.precision.autocast, on: compute.device, body)
  }
}
