import ModelEvaluation
import Objectives
import Torch
import VisionData
import VisionModels

/// A measurement: its metrics, and what was predicted for each picture.
public struct Evaluation: Sendable {
  /// The metrics.
  public var result: EvaluationResult
  /// One entry per picture, in order.
  public var predictions: [SamplePrediction]

  /// Joins both.
  public init(result: EvaluationResult, predictions: [SamplePrediction]) {
    self.result = result
    self.predictions = predictions
  }
}

/// Measures a model on pictures.
///
/// On a GPU the scores of many batches are read at once, so that the host waits seldom.
public final class Evaluator {
  /// Scores that are left on a GPU before they are read.
  private static let greatestUnreadCount = 32 << 20
  private let preprocessing: Preprocessing
  private let compute: ComputeSettings
  private let batchSize: Int
  private let runner: (any StepRunner)?
  private var places: [StepShape: Place] = [:]
  /// What is added to the scores of each class.
  private let offsets: ClassConstant?

  /// Where a recorded pass finds its pictures and leaves its scores.
  private struct Place {
    let pictures: Tensor
    let scores: Tensor
  }

  /// Makes an evaluator.
  public convenience init(preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500) {
    self.init(preprocessing: preprocessing, compute: compute, batchSize: batchSize, runner: nil)
  }

  /// Makes an evaluator for the model of a checkpoint, by the rules it was trained with.
  public convenience init(for description: CheckpointDescription, compute: ComputeSettings) {
    self.init(
      preprocessing: description.preprocessing, compute: compute,
      offsets: description.inference?.offsets(classCounts: description.classCounts), runner: nil)
  }

  /// Makes an evaluator of one model whose passes are run by something that may record them.
  init(
    preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500, offsets: [Double]? = nil,
    runner: (any StepRunner)?
  ) {
    self.offsets = offsets.map(ClassConstant.init)
    self.preprocessing = preprocessing
    self.compute = compute
    self.batchSize = batchSize
    self.runner = runner
  }

  /// All metrics of a model in one view of each picture; the model stays in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: any TrainingPictures, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> Evaluation {
    try evaluate(model, on: ViewedPictures(images), classes: classes, rule: rule)
  }

  /// All metrics of a model; the model stays in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: ViewedPictures, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> Evaluation {
    var predictions: [SamplePrediction] = []
    predictions.reserveCapacity(images.count)
    var accumulator = try EvaluationAccumulator(classes: classes, rule: rule)
    try logits(of: model, on: images) { logits, start in
      let labels = Array(images.hostLabels[start..<start + logits.count / classes.classCount])
      predictions += try accumulator.update(logits: logits, labels: labels)
    }
    return Evaluation(result: try accumulator.result(), predictions: predictions)
  }

  /// Calls `body` with the scores of each batch, row by row, and the place of its first picture. Scores of several views are averaged; those
  /// of several squares are kept for all pictures at once, four bytes a picture and class.
  public func logits(of model: any ImageModel, on images: ViewedPictures, _ body: ([Float], Int) throws -> Void) throws
  {
    try compute.apply()
    model.setTraining(false)
    guard images.sets.count > 1 else { return try logits(of: model, on: images.sets[0], images.areMirrored, body) }
    var sums: [Float] = []
    for (number, set) in images.sets.enumerated() {
      var place = 0
      try set.forEachBatch(of: batchSize) { pictures, _ in
        let scores = try scores(of: model, pictures, images.areMirrored).floats()
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
    of model: any ImageModel, on set: any TrainingPictures, _ areMirrored: Bool, _ body: ([Float], Int) throws -> Void
  ) throws {
    let limit = compute.device == .cpu ? 0 : Self.greatestUnreadCount
    var unread: [(scores: Tensor, start: Int)] = []
    func readAll() throws {
      for (scores, start) in unread { try body(scores.floats(), start) }
      unread = []
    }
    try set.forEachBatch(of: batchSize) { pictures, start in
      unread.append((try scores(of: model, pictures, areMirrored), start))
      if unread.reduce(0, { $0 + $1.scores.elementCount }) > limit { try readAll() }
    }
    try readAll()
  }

  /// The scores of a batch, float32 `[batch, classes]` on the device.
  private func scores(of model: any ImageModel, _ pictures: Tensor, _ areMirrored: Bool) throws -> Tensor {
    try withoutGradients {
      guard let runner else { return try pass(model, pictures, areMirrored) }
      let shape = StepShape(phaseStart: areMirrored ? 1 : 0, counts: [pictures.shape[0]])
      guard let place = places[shape] else {
        let scores = try pass(model, pictures, areMirrored)
        places[shape] = Place(pictures: try pictures.clone(), scores: try scores.clone())
        return scores
      }
      try place.pictures.copy(from: pictures)
      try runner.run(shape) { [self] in
        try withoutGradients { try place.scores.copy(from: pass(model, place.pictures, areMirrored)) }
      }
      return try place.scores.clone()
    }
  }

  private func pass(_ model: any ImageModel, _ pictures: Tensor, _ areMirrored: Bool) throws -> Tensor {
    func scores(_ pictures: Tensor) throws -> Tensor {
      let inputs = try preprocessing.normalization(pictures).contiguous(compute.memoryFormat)
      return try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs).logits }.to(.float32)
    }
    let plain = try scores(pictures)
    let mean = areMirrored ? try (plain + scores(pictures.flipped(axes: [2]))) * 0.5 : plain
    return try offsets.map { try mean + $0.beside(mean) } ?? mean
  }
}
