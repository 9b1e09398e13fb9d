import Datasets
import Foundation
import ModelEvaluation
import Serialization

/// The predictions of several runs of one recipe for the same images, matched image by image.
public struct RepeatedPredictions: Sendable {
  /// The recipe of the runs.
  public let recipe: String
  /// The names of the runs.
  public let runs: [String]
  /// The paths of the images, or their indices, in order.
  public let images: [String]
  /// The true class of each image.
  public let labels: [Int32]
  /// The predicted class of each image, one list per run.
  public let predictions: [[Int32]]
  /// The training classes.
  public let classes: ClassDistribution
  /// The limits of the shot groups.
  public let rule: ShotGroupRule

  /// Reads `predictions.csv` and `per-class.csv` of runs.
  ///
  /// Images are matched by their paths; those without a path by their indices. Runs may list them in different orders. The variance of a
  /// single run is 0.
  ///
  /// - Throws: `RunError.notComparable` for no runs, runs of several recipes, settings or of one seed, runs without
  ///   predictions, and runs whose classes, training counts, shot limits or images differ.
  public init(_ summaries: [RunSummary]) throws {
    guard let first = summaries.first else { throw RunError.notComparable(reason: "there are no runs to analyse") }
    recipe = first.recipe ?? first.name
    if let other = summaries.first(where: { ($0.recipe ?? $0.name) != first.recipe ?? first.name }) {
      throw RunError.notComparable(
        reason: "\(other.path): the run is of \(other.recipe ?? other.name), but \(first.path) is of \(recipe)")
    }
    for (index, run) in summaries.enumerated() {
      for other in summaries[..<index] { try Self.checkChance(alone: other, run) }
    }
    runs = summaries.map(\.name)
    rule = try Self.rule(summaries)
    classes = try Self.classes(summaries)
    let classes = classes
    let tables = try summaries.map { try Self.table($0, classes) }
    images = tables[0].order
    let reference = tables[0]
    labels = reference.order.map { reference.records[$0]?.label ?? 0 }
    predictions = try zip(summaries, tables).map { run, table in
      guard table.records.count == reference.records.count else {
        throw RunError.notComparable(
          reason: "\(run.path): \(table.records.count) predictions, but \(first.path) has \(reference.records.count); "
            + "compare runs that were evaluated on the same images")
      }
      return try reference.order.map { image in
        guard let record = table.records[image], record.label == reference.records[image]?.label else {
          throw RunError.notComparable(
            reason: "\(run.path): image '\(image)' of \(first.path) is missing or of another class; "
              + "compare runs that were evaluated on the same images")
        }
        return record.prediction
      }
    }
  }

  /// Bias and variance of the predictions.
  public func biasVariance() throws -> BiasVariance {
    try BiasVariance(predictions: predictions, labels: labels, classes: classes, rule: rule)
  }

  // MARK: Reading

  /// Runs that are taken together must differ in their seeds alone.
  private static func checkChance(alone first: RunSummary, _ second: RunSummary) throws {
    if let seed = first.seed, seed == second.seed {
      throw RunError.notComparable(
        reason:
          "\(first.path) and \(second.path) have the same seed, \(seed); runs that are taken together differ by it")
    }
    guard let settings = try? RunFolder(first.path).readSettings(),
      let others = try? RunFolder(second.path).readSettings(),
      let (path, value, other) = settings.firstDifference(from: others)
    else { return }
    throw RunError.notComparable(
      reason:
        "\(path) is \(value.compactText) in \(first.path) and \(other.compactText) in \(second.path); runs that are "
        + "taken together differ by their seeds alone")
  }

  private struct Table {
    var order: [String] = []
    var records: [String: (label: Int32, prediction: Int32)] = [:]
  }

  private static func rule(_ runs: [RunSummary]) throws -> ShotGroupRule {
    let limits = Set(runs.compactMap(\.shotLimits))
    guard limits.count <= 1 else {
      throw RunError.notComparable(reason: "the limits of the shot groups differ between the runs")
    }
    return try limits.first.map { try ShotGroupRule(manyLimit: $0.manyAbove, fewLimit: $0.fewBelow) } ?? .strict
  }

  private static func classes(_ runs: [RunSummary]) throws -> ClassDistribution {
    var found: [ClassRecord] = []
    for run in runs {
      let folder = RunFolder(run.path)
      try check(folder.perClassPath, of: run)
      let records = try folder.readClasses()
      if found.isEmpty { found = records }
      guard records.map(\.name) == found.map(\.name), records.map(\.trainingCount) == found.map(\.trainingCount) else {
        throw RunError.notComparable(
          reason: "\(run.path): its classes or their training images differ from those of \(runs[0].path)")
      }
    }
    return try ClassDistribution(counts: found.map(\.trainingCount), names: found.map(\.name))
  }

  private static func table(_ run: RunSummary, _ classes: ClassDistribution) throws -> Table {
    let folder = RunFolder(run.path)
    try check(folder.predictionsPath, of: run)
    let indices = Dictionary(uniqueKeysWithValues: classes.names.enumerated().map { ($0.element, Int32($0.offset)) })
    var table = Table()
    for (position, record) in try folder.readPredictions().enumerated() {
      guard let label = indices[record.label], let prediction = indices[record.prediction] else {
        throw SerializationError.malformed(
          path: folder.predictionsPath, place: "line \(position + 2)",
          reason: "'\(indices[record.label] == nil ? record.label : record.prediction)' is not one of the run's classes"
        )
      }
      let image = record.path.isEmpty ? "\(record.index)" : record.path
      guard table.records.updateValue((label, prediction), forKey: image) == nil else {
        throw SerializationError.malformed(
          path: folder.predictionsPath, place: "line \(position + 2)", reason: "image '\(image)' occurs twice")
      }
      table.order.append(image)
    }
    return table
  }

  private static func check(_ path: String, of run: RunSummary) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw RunError.notComparable(
        reason:
          "\(path): there is no such file; the run is \(run.status.rawValue), and only a run that was evaluated on a "
          + "test set can be analysed")
    }
  }
}
