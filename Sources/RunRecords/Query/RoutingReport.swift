import Datasets
import Foundation
import ModelEvaluation
import Serialization

/// Accuracy and cost of a routed network at several thresholds of its router.
public struct RoutingReport: Sendable, Encodable {
  /// One threshold.
  public struct Row: Sendable, Encodable {
    /// The name of the row, such as `all experts`, `as trained` or a budget.
    public let name: String
    /// The probability above which the router uses a further expert.
    public let probability: Double
    /// Mean multiply-accumulate operations per image.
    public let operations: Double
    /// The operations as a share of those of all experts.
    public let operationShare: Double
    /// The shares of images that stop after one, two, … experts.
    public let shares: [Double]
    /// Accuracy over images.
    public let accuracy: Double
    /// Mean per-class accuracy.
    public let balancedAccuracy: Double
    /// Mean per-class accuracy of each shot group by name; an empty group is absent.
    public let shotGroups: [String: Double]

    /// Creates a row for a point and its cost.
    public init(_ name: String, _ point: RoutingPoint, operations: Double, ofAll all: Double) {
      self.name = name
      probability = 1 / (1 + exp(-point.threshold))
      self.operations = operations
      operationShare = operations / all
      shares = point.shares
      accuracy = point.accuracy
      balancedAccuracy = point.balancedAccuracy
      shotGroups = Dictionary(uniqueKeysWithValues: point.shotGroups.map { ($0.key.rawValue, $0.value) })
    }
  }

  /// The rows, from many operations to few.
  public let rows: [Row]
  /// The limits of the shot groups in words.
  public let rule: String

  /// Evaluates all experts, the first expert alone, the trained threshold, and budgets; a budget that even one expert exceeds has no row.
  ///
  /// - Parameters:
  ///   - trace: the router's logits and the experts' predictions.
  ///   - trainedThreshold: the threshold that the router was trained with, as a logit.
  ///   - budgets: shares of the operations of all experts.
  ///   - classes: the training distribution, which decides the shot groups.
  ///   - rule: the limits of many, medium and few.
  ///   - cost: mean operations by the shares of images that stop after one, two, … experts.
  public init(
    of trace: RoutingTrace, trainedThreshold: Double, budgets: [Double], classes: ClassDistribution,
    rule: ShotGroupRule = .strict, cost: ([Double]) throws -> Double
  ) throws {
    let all = try cost(trace.shares(threshold: -.infinity))
    var thresholds = [("all experts", -Double.infinity), ("as trained", trainedThreshold), ("one expert", .infinity)]
    for budget in budgets {
      let found = try trace.threshold(withinBudget: budget * all, cost: cost)
      if let found { thresholds.append(("budget \(RunQuery.percent(budget)) %", found)) }
    }
    rows = try thresholds.map { name, threshold in
      let point = try trace.point(threshold: threshold, classes: classes, rule: rule)
      return Row(name, point, operations: try cost(point.shares), ofAll: all)
    }.sorted { $0.operations > $1.operations }
    self.rule = "\(rule)"
  }

  private var groups: [String] {
    ShotGroup.allCases.map(\.rawValue).filter { group in rows.contains { $0.shotGroups[group] != nil } }
  }

  /// A table in per cent.
  public var table: TextTable {
    var table = TextTable(
      [.init("threshold"), .init("probability", .right), .init("operations", .right), .init("of all", .right)]
        + (rows.first?.shares.indices.map { .init("stop at \($0 + 1)", .right) } ?? [])
        + (["all"] + groups + ["balanced"]).map { .init($0, .right) })
    for row in rows {
      table.append(
        [
          row.name, RunQuery.decimal(row.probability, digits: 3),
          RunQuery.decimal(row.operations / 1e6, digits: 2) + " M",
        ]
          + ([row.operationShare] + row.shares).map { RunQuery.percent($0) }
          + ([row.accuracy] + groups.map { row.shotGroups[$0] } + [row.balancedAccuracy]).map { RunQuery.percent($0) })
    }
    table.notes = [
      "The router uses a further expert where its probability is above the threshold. Budgets are shares of the operations of all experts; the",
      "threshold of a budget is the lowest within it, found without labels. Operations: multiply-accumulates per image, without the router.",
      "'all' is a mean over images, groups are means over classes: \(rule).",
    ]
    return table
  }

  /// One row per threshold, as fractions.
  public var csv: String {
    let names = groups
    let header =
      ["threshold", "probability", "operations", "operation_share"]
      + (rows.first?.shares.indices.map { "stop_at_\($0 + 1)" } ?? []) + ["accuracy"] + names + ["balanced_accuracy"]
    let lines = rows.map { row in
      [row.name]
        + ([row.probability, row.operations, row.operationShare] + row.shares + [row.accuracy]).map { "\($0)" }
        + names.map { row.shotGroups[$0].map { "\($0)" } ?? "" } + ["\(row.balancedAccuracy)"]
    }
    return ([header] + lines).map(CSVFile.line).joined()
  }
}
