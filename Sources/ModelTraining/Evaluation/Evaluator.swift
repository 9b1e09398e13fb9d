import Datasets
import ModelEvaluation
import Objectives
import Torch
import VisionModels

/// A measurement: its metrics, and what was predicted for each image.
public struct Evaluation: Sendable {
  /// The metrics.
  public var result: EvaluationResult
  /// One entry per image, in order.
  public var predictions: [SamplePrediction]
  /// How the experts or heads did on their own; nil for a network with one, and for several squares of each image.
  public var experts: ExpertResult?

  /// Joins them.
  public init(result: EvaluationResult, predictions: [SamplePrediction], experts: ExpertResult? = nil) {
    self.result = result
    self.predictions = predictions
    self.experts = experts
  }
}

/// Measures a model on images.
///
/// On a GPU the scores of many batches are read at once, so that the host waits seldom.
public final class Evaluator {
  /// Scores that are left on a GPU before they are read.
  private static let greatestUnreadCount = 32 << 20
  let preprocessing: Preprocessing
  let compute: ComputeSettings
  let batchSize: Int
  private let runner: (any StepRunner)?
  private var places: [StepShape: Place] = [:]
  /// What is added to the scores of each class.
  private let offsets: ClassConstant?
  /// Whether router decide how many experts are asked.
  private let isRouted: Bool

  /// Counts answers of experts during a measurement.
  private var experts: ExpertAccumulator?
  /// The logit above which the model's router ask for a further expert.
  private var routerThreshold = 0.0
  /// Whether answers are counted; images that are only predicted need no labels.
  private var countsExperts = false

  /// Where a recorded pass finds its images and leaves its answers.
  private struct Place {
    let images: Tensor
    let answers: Answers
  }

  /// What a network says of a batch.
  private struct Answers {
    /// The scores, float32 `[batch, classes]`.
    var scores: Tensor
    /// The scores of each expert, float32 `[experts, batch, classes]`; nil for a network with one.
    var experts: Tensor?
    /// The logit of each gate, float32 `[router, batch]`; nil for a network without router.
    var router: Tensor?

    /// One tensor after the other.
    var tensors: [Tensor] { [scores] + [experts, router].compactMap { $0 } }

    /// Each tensor changed.
    func map(_ change: (Tensor) throws -> Tensor) rethrows -> Answers {
      Answers(scores: try change(scores), experts: try experts.map(change), router: try router.map(change))
    }
  }

  /// Makes an evaluator.
  public convenience init(preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500) {
    self.init(preprocessing: preprocessing, compute: compute, batchSize: batchSize, runner: nil)
  }

  /// Makes an evaluator for the model of a checkpoint, by the rules it was trained with.
  public convenience init(for description: CheckpointDescription, compute: ComputeSettings) {
    self.init(
      preprocessing: description.preprocessing, compute: compute,
      inference: description.inference ?? .scores, classCounts: description.classCounts, runner: nil)
  }

  /// Makes an evaluator of one model whose passes are run by something that may record them.
  init(
    preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500,
    inference: InferenceRule = .scores, classCounts: [Int] = [], runner: (any StepRunner)?
  ) {
    offsets = inference.offsets(classCounts: classCounts).map(ClassConstant.init)
    isRouted = inference == .routed
    self.preprocessing = preprocessing
    self.compute = compute
    self.batchSize = batchSize
    self.runner = runner
  }

  /// All metrics of a model in one view of each image; the model stays in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: any TrainingImages, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> Evaluation {
    try evaluate(model, on: ViewedImages(images), classes: classes, rule: rule)
  }

  /// All metrics of a model; the model stays in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: ViewedImages, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> Evaluation {
    var predictions: [SamplePrediction] = []
    predictions.reserveCapacity(images.count)
    var accumulator = try EvaluationAccumulator(classes: classes, rule: rule)
    routerThreshold = (model as? ExpertClassifier)?.router?.threshold ?? 0
    countsExperts = true
    defer { (countsExperts, experts) = (false, nil) }
    try logits(of: model, on: images) { logits, start in
      let labels = Array(images.hostLabels[start..<start + logits.count / classes.classCount])
      predictions += try accumulator.update(logits: logits, labels: labels)
    }
    var experts = try experts?.counts().result(classes: classes, rule: rule)
    if let shares = experts?.routing?.shares, let model = model as? ExpertClassifier {
      experts?.meanOperations = try model.expertOperations(inputSize: preprocessing.inputSize)
        .expected(stoppingFractions: shares)
    }
    return Evaluation(result: try accumulator.result(), predictions: predictions, experts: experts)
  }

  /// Calls `body` with the scores of each batch, row by row, and the place of its first image. Scores of several views are averaged; those
  /// of several squares are kept for all images at once, four bytes an image and class.
  public func logits(of model: any ImageModel, on images: ViewedImages, _ body: ([Float], Int) throws -> Void) throws {
    try compute.apply()
    model.setTraining(false)
    guard images.sets.count > 1 else { return try logits(of: model, on: images.sets[0], images.areMirrored, body) }
    var sums: [Float] = []
    for (number, set) in images.sets.enumerated() {
      var place = 0
      try set.forEachBatch(of: batchSize) { batch, _ in
        let scores = try answers(of: model, batch, images.areMirrored).scores.floats()
        if number == 0 {
          sums += scores
        } else {
          for (index, score) in scores.enumerated() { sums[place + index] += score }
        }
        place += scores.count
      }
    }
    let width = images.count > 0 ? sums.count / images.count : 0
    for start in stride(from: 0, to: images.count, by: batchSize) {
      let rows = sums[start * width..<min(start + batchSize, images.count) * width]
      try body(rows.map { $0 / Float(images.sets.count) }, start)
    }
  }

  private func logits(
    of model: any ImageModel, on set: any TrainingImages, _ areMirrored: Bool, _ body: ([Float], Int) throws -> Void
  ) throws {
    let limit = compute.device == .cpu ? 0 : Self.greatestUnreadCount
    var unread: [(scores: Tensor, start: Int)] = []
    func readAll() throws {
      for (scores, start) in unread { try body(scores.floats(), start) }
      unread = []
    }
    try set.forEachBatch(of: batchSize) { images, start in
      let answers = try answers(of: model, images, areMirrored)
      if countsExperts {
        try countExperts(answers, labels: set.labels.narrowed(axis: 0, start: start, count: images.shape[0]))
      }
      unread.append((answers.scores, start))
      if unread.reduce(0, { $0 + $1.scores.elementCount }) > limit { try readAll() }
    }
    try readAll()
  }

  private func countExperts(_ answers: Answers, labels: Tensor) throws {
    guard let scores = answers.experts else { return }
    let accumulator =
      try experts ?? ExpertAccumulator(experts: scores.shape[0], classes: scores.shape[2], on: scores.device)
    experts = accumulator
    let used = try answers.router.map { router in
      try ExpertRouter.route(
        expertLogits: scores.unstacked(), routerLogits: router.unstacked(), threshold: routerThreshold
      ).expertsUsed
    }
    try accumulator.add(scores: scores, labels: labels, used: used)
  }

  /// The answers to a batch on the device.
  private func answers(of model: any ImageModel, _ images: Tensor, _ areMirrored: Bool) throws -> Answers {
    try withoutGradients {
      guard let runner else { return try pass(model, images, areMirrored) }
      let shape = StepShape(phaseStart: areMirrored ? 1 : 0, counts: [images.shape[0]])
      guard let place = places[shape] else {
        let answers = try pass(model, images, areMirrored)
        places[shape] = Place(images: try images.clone(), answers: try answers.map { try $0.clone() })
        return answers
      }
      try place.images.copy(from: images)
      try runner.run(shape) { [self] in
        try withoutGradients {
          let answers = try pass(model, place.images, areMirrored)
          for (kept, new) in zip(place.answers.tensors, answers.tensors) { try kept.copy(from: new) }
        }
      }
      return try place.answers.map { try $0.clone() }
    }
  }

  private func pass(_ model: any ImageModel, _ images: Tensor, _ areMirrored: Bool) throws -> Answers {
    var answers = try onePass(model, images)
    if areMirrored {
      let mirrored = try onePass(model, images.flipped(axes: [2]))
      answers.scores = try (answers.scores + mirrored.scores) * 0.5
      answers.experts = try both(answers.experts, mirrored.experts).map { try ($0 + $1) * 0.5 }
      // Each view stops where its own router say so; one number of experts for both would be made up.
      answers.router = nil
    }
    if let offsets { answers.scores = try answers.scores + offsets.beside(answers.scores) }
    return answers
  }

  private func onePass(_ model: any ImageModel, _ images: Tensor) throws -> Answers {
    let inputs = try preprocessing.normalization(images).contiguous(compute.memoryFormat)
    // Where nobody counts what each expert says, those that are not asked are not computed.
    if isRouted, !countsExperts, runner == nil, let experts = model as? ExpertClassifier, experts.router != nil {
      let routed = try withAutocast(compute.precision.autocast, on: compute.device) { try experts.routed(inputs) }
      return Answers(scores: try routed.logits.to(.float32))
    }
    let output = try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs) }
    func joined(_ parts: [Tensor], atLeast count: Int) throws -> Tensor? {
      parts.count < count ? nil : try Tensor.stack(parts.map { try $0.to(.float32) })
    }
    let experts = try joined(output.expertLogits, atLeast: 2)
    let router = isRouted ? (model as? ExpertClassifier)?.router : nil
    let scores =
      try router.map {
        try ExpertRouter.route(
          expertLogits: output.expertLogits, routerLogits: output.routerLogits, threshold: $0.threshold
        ).logits
      } ?? output.logits
    let hasRouter = experts != nil && output.routerLogits.count == output.expertLogits.count - 1
    return Answers(
      scores: try scores.to(.float32), experts: experts,
      router: hasRouter ? try joined(output.routerLogits, atLeast: 1) : nil)
  }
}

/// Both values where there are both.
private func both(_ first: Tensor?, _ second: Tensor?) -> (Tensor, Tensor)? {
  guard let first, let second else { return nil }
  return (first, second)
}

extension Tensor {
  /// The entries along the first axis, one after the other.
  fileprivate func unstacked() throws -> [Tensor] {
    try (0..<shape[0]).map { try selected(axis: 0, index: $0) }
  }
}
