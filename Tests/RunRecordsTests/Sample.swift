import Datasets
import Foundation
import ModelEvaluation
import RunRecords

/// Records with plausible contents.
enum Sample {
  static func environment(seed: Int) -> RunEnvironment {
    RunEnvironment(
      packageVersion: "0.1.0", engineVersion: "2.11.0", device: "cpu", threads: 2, precision: "float32", seed: seed,
      commandLine: ["longtail", "train"], startTime: Date(timeIntervalSince1970: 0))
  }

  static func metrics(
    recipe: String = "plain/cifar", seed: Int, accuracy: Double, selection: SelectionRule = .last
  ) -> RunMetrics {
    RunMetrics(
      recipe: recipe, seed: seed, selection: selection, epoch: 9, step: 100,
      values: ["accuracy": accuracy, "fewShotAccuracy": accuracy / 2],
      shotLimits: ShotLimits(manyAbove: 100, fewBelow: 20), details: ["classNames": ["b", "a"]])
  }

  /// A run that came to its end.
  static func finishedRun(at path: String, metrics: RunMetrics) throws {
    let folder = try RunFolder.create(at: path)
    try folder.write(environment(seed: metrics.seed))
    let log = try LogWriter(folder.logPath)
    try log.append(.epoch, step: metrics.step, epoch: metrics.epoch)
    try log.append(.finished, step: metrics.step)
    try folder.write(metrics)
  }

  /// Two experts, of which the first is enough for three of five images.
  static func experts() throws -> ExpertResult {
    var counts = ExpertCounts(experts: 2, classes: 3)
    try counts.add(predictions: [[0, 0, 1, 1, 0], [0, 1, 1, 2, 2]], labels: [0, 0, 1, 2, 2])
    try counts.addExpertsUsed([1, 2, 1, 1, 2], labels: [0, 0, 1, 2, 2])
    return try counts.result(classes: ClassDistribution(counts: [200, 50, 5]))
  }

  /// A finished run of two classes whose four test images got these answers.
  static func answeredRun(
    recipe: String = "plain/own", seed: Int, answers: [String], counts: [Int] = [200, 5], at path: String
  ) throws -> RunSummary {
    try finishedRun(at: path, metrics: metrics(recipe: recipe, seed: seed, accuracy: 0.5))
    let folder = RunFolder(path)
    try folder.write(
      zip(["cat", "ocelot"], counts).enumerated().map { index, entry in
        ClassRecord(
          index: index, name: entry.0, trainingCount: entry.1, shotGroup: entry.1 > 100 ? "many" : "few",
          evaluatedCount: 2, accuracy: 0.5)
      })
    let labels = ["cat", "cat", "ocelot", "ocelot"]
    try folder.write(
      answers.enumerated().map { index, answer in
        PredictionRecord(
          index: index, path: "\(index).png", label: labels[index], prediction: answer, confidence: 0.5)
      })
    return RunSummary(folder)
  }

  /// Bias and variance of two runs.
  static func biasVariance(recipe: String) throws -> BiasVarianceReport {
    let temporary = try TemporaryFolder()
    return try BiasVarianceReport([
      answeredRun(recipe: recipe, seed: 0, answers: ["cat", "cat", "cat", "ocelot"], at: temporary.file("a")),
      answeredRun(recipe: recipe, seed: 1, answers: ["cat", "ocelot", "cat", "ocelot"], at: temporary.file("b")),
    ])
  }
}
