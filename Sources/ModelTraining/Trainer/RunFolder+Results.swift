import Datasets
import ModelEvaluation
import RunRecords
import Serialization

extension RunFolder {
  /// Writes a measurement: `metrics.json`, `per-class.csv` and `predictions.csv`.
  ///
  /// - Parameters:
  ///   - evaluation: the metrics, and the answer to each image.
  ///   - recipe: the recipe's name.
  ///   - seed: the run's seed.
  ///   - progress: where training was.
  ///   - names: what the images are called, in order.
  ///   - labels: the true classes, in order.
  ///   - classes: training counts and names.
  ///   - unreadable: images that were left out because they cannot be decoded.
  public func write(
    _ evaluation: Evaluation, recipe: String, seed: UInt64, progress: StageProgress, names: [String], labels: [Int32],
    classes: ClassDistribution, unreadable: [UnreadableImages] = []
  ) throws {
    let result = evaluation.result
    var details: JSONObject = [
      "images": .integer(result.sampleCount), "classNames": .array(classes.names.map { .string($0) }),
    ]
    if !unreadable.isEmpty { details["unreadableImages"] = .array(unreadable.map { .object($0.json) }) }
    try write(
      RunMetrics(
        recipe: recipe, seed: Int(clamping: seed), selection: .last, epoch: max(0, progress.epochCount - 1),
        step: progress.runStep, values: Dictionary(uniqueKeysWithValues: result.headline),
        shotLimits: ShotLimits(manyAbove: result.rule.manyLimit, fewBelow: result.rule.fewLimit),
        experts: evaluation.experts, confusion: result.confusion, details: details))
    try write(result.perClass.map(ClassRecord.init))
    try write(
      evaluation.predictions.enumerated().map { index, prediction in
        PredictionRecord(
          index: index, path: index < names.count ? names[index] : "", label: classes.names[Int(labels[index])],
          prediction: classes.names[Int(prediction.label)], confidence: Double(prediction.confidence))
      })
  }
}

extension ClassRecord {
  /// The line of a class.
  init(_ result: ClassResult) {
    self.init(
      index: result.label, name: result.name, trainingCount: result.trainingImages, shotGroup: "\(result.shotGroup)",
      evaluatedCount: result.count, accuracy: result.recall, precision: result.precision, f1: result.f1)
  }
}
