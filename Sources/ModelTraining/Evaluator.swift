import ModelEvaluation
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
public struct Evaluator {
  private let preprocessing: Preprocessing
  private let compute: ComputeSettings
  private let batchSize: Int

  /// Makes an evaluator.
  public init(preprocessing: Preprocessing, compute: ComputeSettings, batchSize: Int = 500) {
    self.preprocessing = preprocessing
    self.compute = compute
    self.batchSize = batchSize
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
    model.setTraining(false)
    guard images.sets.count > 1 else {
      return try images.sets[0].forEachBatch(of: batchSize) { pictures, start in
        try body(scores(of: model, pictures, images.areMirrored), start)
      }
    }
    var sums: [Float] = []
    for (number, set) in images.sets.enumerated() {
      var place = 0
      try set.forEachBatch(of: batchSize) { pictures, _ in
        let scores = try scores(of: model, pictures, images.areMirrored)
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

  /// The scores of a batch, row by row.
  private func scores(of model: any ImageModel, _ pictures: Tensor, _ areMirrored: Bool) throws -> [Float] {
    func scores(_ pictures: Tensor) throws -> Tensor {
      let inputs = try preprocessing.normalization(pictures)
      return try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs).logits }.to(.float32)
    }
    return try withoutGradients {
      let plain = try scores(pictures)
      guard areMirrored else { return try plain.floats() }
      return try ((plain + scores(pictures.flipped(axes: [2]))) * 0.5).floats()
    }
  }
}
