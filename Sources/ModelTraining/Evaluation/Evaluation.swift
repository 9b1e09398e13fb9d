import ModelEvaluation

/// The metrics of a model on a set of images, and its prediction for each image.
public struct Evaluation: Sendable {
  /// The metrics.
  public var result: EvaluationResult
  /// One prediction per image, in order.
  public var predictions: [SamplePrediction]
  /// The metrics of each expert or head on its own; nil for a network with one, and where several crops of each image are averaged.
  public var experts: ExpertResult?

  /// Joins metrics and predictions.
  public init(result: EvaluationResult, predictions: [SamplePrediction], experts: ExpertResult? = nil) {
    self.result = result
    self.predictions = predictions
    self.experts = experts
  }
}
