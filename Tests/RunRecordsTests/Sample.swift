import Foundation
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
}
