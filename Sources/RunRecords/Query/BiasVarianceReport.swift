import ModelEvaluation
import Serialization

/// Bias and variance of the predictions of several recipes, each over its runs.
public struct BiasVarianceReport: Sendable, Encodable {
  /// One recipe.
  public struct Row: Sendable, Encodable {
    /// The name of the recipe.
    public let recipe: String
    /// The names of the runs.
    public let runs: [String]
    /// The paths of the images, or their indices, in order.
    public let images: [String]
    /// Bias and variance.
    public let result: BiasVariance
  }

  /// The rows, in the order of the first run of each recipe.
  public let rows: [Row]
  /// The limits of the shot groups in words.
  public let rule: String

  /// Reads runs; those of one recipe are taken together.
  ///
  /// - Throws: `RunError.notComparable` when there are no runs, or those of a recipe cannot be taken together.
  public init(_ runs: [RunSummary]) throws {
    guard !runs.isEmpty else { throw RunError.notComparable(reason: "there are no runs to analyse") }
    var recipes: [String] = []
    for run in runs where !recipes.contains(run.recipe ?? run.name) { recipes.append(run.recipe ?? run.name) }
    let read = try recipes.map { recipe in
      try RepeatedPredictions(runs.filter { ($0.recipe ?? $0.name) == recipe })
    }
    if let other = read.first(where: { $0.rule != read[0].rule }) {
      throw RunError.notComparable(reason: "\(other.recipe): the limits of its shot groups differ from the others'")
    }
    rows = try read.map {
      Row(recipe: $0.recipe, runs: $0.runs, images: $0.images, result: try $0.biasVariance())
    }
    rule = "\(read[0].rule)"
  }

  /// One sentence for each recipe with a single run.
  public var advice: [String] {
    rows.filter { $0.runs.count == 1 }.map {
      "\($0.recipe) has one run, \($0.runs[0]): its variance is 0 by definition and its bias is its error; "
        + "train it with other seeds (--seeds 0,1,2), better five, to tell them apart"
    }
  }

  /// The means of a recipe over all images (`all`), then over each of its shot groups.
  public static func scopes(of result: BiasVariance) -> [(name: String, means: BiasVariance.Means)] {
    [("all", result.overall)] + result.shotGroups.map { ($0.group.rawValue, $0.means) }
  }

  /// A table in per cent: one row per recipe and group.
  public var table: TextTable {
    var table = TextTable([
      .init("recipe"), .init("runs", .right), .init("group"), .init("bias", .right), .init("variance", .right),
      .init("error", .right),
    ])
    for row in rows {
      for (name, means) in Self.scopes(of: row.result) {
        table.append(
          [row.recipe, "\(row.runs.count)", name]
            + [means.bias, means.variance, means.error].map { RunQuery.percent($0) })
      }
    }
    table.notes = [
      "Bias: the majority prediction is wrong. Variance: predictions that differ from the majority. Error: wrong predictions.",
      "'all' is a mean over images, groups are means over classes: \(rule).",
    ]
    return table
  }

  /// One row per recipe and scope (all images, shot groups, classes), as fractions.
  public var csv: String {
    let header = ["recipe", "runs", "scope", "name", "training_images", "images", "bias", "variance", "error"]
    let lines = rows.flatMap { row -> [[String]] in
      func line(_ scope: String, _ name: String, _ training: Int?, _ images: Int, _ means: BiasVariance.Means)
        -> [String]
      {
        [row.recipe, "\(row.runs.count)", scope, name, training.map(String.init) ?? "", "\(images)"]
          + [means.bias, means.variance, means.error].map { "\($0)" }
      }
      let result = row.result
      return [line("all", "", nil, result.samples.count, result.overall)]
        + result.shotGroups.map { group in
          let members = result.perClass.filter { $0.shotGroup == group.group && $0.count > 0 }
          return line(
            "group", group.group.rawValue, members.reduce(0) { $0 + $1.trainingImages },
            members.reduce(0) { $0 + $1.count }, group.means)
        }
        + result.perClass.compactMap { entry in
          entry.means.map { line("class", entry.name, entry.trainingImages, entry.count, $0) }
        }
    }
    return ([header] + lines).map(CSVFile.line).joined()
  }

  /// Writes one row per image and recipe.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func writeImages(to path: String) throws {
    let header = ["recipe", "image", "label", "main_prediction", "bias", "variance", "variance_sign", "error"]
    try CSVFile.write(
      to: path, header: header,
      rows: rows.lazy.flatMap { row in
        let names = row.result.perClass.map(\.name)
        return zip(row.images, row.result.samples).lazy.map { image, sample in
          [row.recipe, image, names[sample.label], names[sample.mainPrediction]]
            + [sample.bias, sample.variance, sample.varianceSign, sample.error].map { "\($0)" }
        }
      })
  }
}
