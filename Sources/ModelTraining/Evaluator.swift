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

  /// All metrics of a model; the model stays in evaluation mode.
  public func evaluate(
    _ model: any ImageModel, on images: any TrainingPictures, classes: ClassDistribution, rule: ShotGroupRule = .strict
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

  /// Calls `body` with the scores of each batch, row by row, and the place of its first picture.
  public func logits(of model: any ImageModel, on images: any TrainingPictures, _ body: ([Float], Int) throws -> Void)
    throws
  {
    model.setTraining(false)
    try images.forEachBatch(of: batchSize) { pictures, start in
      let scores = try withoutGradients {
        let inputs = try preprocessing.normalization(pictures)
        return try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs).logits }
      }
      try body(scores.floats(), start)
    }
  }
}
