import Datasets
import Foundation
import ModelEvaluation
import Serialization

/// What a routed network gives for what it costs: accuracy and operations at several thresholds of its router.
public struct RoutingReport: Sendable, Encodable {
  /// One threshold.
  public struct Row: Sendable, Encodable {
    /// What it stands for, such as `all experts`, `as trained` or a budget.
    public let name: String
    /// The probability above which a gate asks for a further expert.
    public let probability: Double
    /// Mean operations of an image.
    public let operations: Double
    /// The same as a share of those of all experts.
    public let operationShare: Double
    /// The share of images that stop after one, two, … experts.
    public let shares: [Double]
    /// Right answers over images.
    public let accuracy: Double
    /// Mean per-class accuracy.
    public let balancedAccuracy: Double
    /// Mean per-class accuracy of each shot group by name; an empty group is absent.
    public let shotGroups: [String: Double]

    /// Names a point and its cost.
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
  /// The conditions that make the shot groups.
  public let rule: String

  /// Works out what all experts give, the first one alone, the trained threshold, and budgets; a budget that even one expert exceeds
  /// has no row.
  /// - Parameters:
  ///   - trace: what router and experts said.
  ///   - trainedThreshold: the router' own threshold.
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
      "A gate asks for a further expert where its probability is above the threshold. Budgets are shares of all experts' operations; the",
      "threshold of one is the lowest within it, found without labels. Operations: multiplications with additions of one image, without router.",
      "'all' is over images, groups over classes: \(rule).",
    ]
    return table
  }

  /// A line a threshold, as fractions.
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
