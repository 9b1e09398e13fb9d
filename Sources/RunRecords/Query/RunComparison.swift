import Serialization

/// A comparison of runs: one row per recipe, with mean and standard deviation over its seeds.
public struct RunComparison: Sendable, Equatable, Encodable {
  /// Mean and spread of a metric over the seeds of a recipe.
  public struct Statistic: Sendable, Equatable, Encodable {
    /// The mean.
    public var mean: Double
    /// The standard deviation of the sample (n - 1); nil for one run.
    public var standardDeviation: Double?
    /// The number of runs that have the metric.
    public var count: Int
    /// The mean minus that of the first row; nil in the first row, or if one of the two is missing.
    public var difference: Double?
    /// The same for runs of equal seeds alone, with its confidence interval; nil without such pairs.
    public var paired: PairedDifference?
  }

  /// The runs of a recipe under one selection rule.
  public struct Row: Sendable, Equatable, Encodable {
    /// The name of the recipe.
    public var recipe: String
    /// How the reported epoch was selected.
    public var selection: SelectionRule?
    /// The names of the runs.
    public var runs: [String]
    /// The seeds.
    public var seeds: [Int]
    /// The metrics by name; a metric that no run has is absent.
    public var statistics: [String: Statistic]
  }

  /// The rows, in the order of the first run of each; the others are compared with the first.
  public private(set) var rows: [Row]
  /// The training counts that separate the shot groups of each run.
  public let shotLimits: [ShotLimits?]
  /// The names of the metrics, in order.
  public let metrics: [String]

  /// Compares runs. Runs with the same recipe and selection rule make one row.
  ///
  /// - Throws: `RunError.notComparable` if there are no runs, a run has no metrics, or two runs of a row have one seed.
  public init(_ runs: [RunSummary], metrics: [String] = MetricName.headline) throws {
    guard !runs.isEmpty else { throw RunError.notComparable(reason: "there are no runs to compare") }
    if let run = runs.first(where: { $0.values.isEmpty }) {
      throw RunError.notComparable(
        reason: run.isUnmeasured
          ? "\(run.path): the run was \(RunQuery.unmeasured); leave it out, or train it with --hold-out"
          : "\(run.path): the run has no metrics yet (it is \(run.status.rawValue)); let it finish or leave it out")
    }
    self.metrics = metrics
    shotLimits = runs.map(\.shotLimits)
    rows = []
    for run in runs {
      let recipe = run.recipe ?? run.name
      let position = rows.firstIndex { $0.recipe == recipe && $0.selection == run.selection }
      if let position {
        if let seed = run.seed, rows[position].seeds.contains(seed) {
          throw RunError.notComparable(
            reason: "\(run.path): seed \(seed) of \(recipe) is given twice; a mean needs different seeds")
        }
        rows[position].runs.append(run.name)
        rows[position].seeds += run.seed.map { [$0] } ?? []
      } else {
        rows.append(
          Row(
            recipe: recipe, selection: run.selection, runs: [run.name], seeds: run.seed.map { [$0] } ?? [],
            statistics: [:]))
      }
    }
    for index in rows.indices {
      let members = Self.members(of: rows[index], in: runs)
      for metric in metrics {
        rows[index].statistics[metric] = Self.statistic(members.compactMap { $0.values[metric] })
      }
      guard index > 0 else { continue }
      let first = Self.members(of: rows[0], in: runs)
      for (metric, statistic) in rows[index].statistics {
        let base = rows[0].statistics[metric]
        rows[index].statistics[metric]?.difference = base.map { statistic.mean - $0.mean }
        rows[index].statistics[metric]?.paired = Self.paired(metric, of: members, against: first)
      }
    }
  }

  private static func members(of row: Row, in runs: [RunSummary]) -> [RunSummary] {
    runs.filter { ($0.recipe ?? $0.name) == row.recipe && $0.selection == row.selection }
  }

  private static func paired(
    _ metric: String, of runs: [RunSummary], against others: [RunSummary]
  ) -> PairedDifference? {
    PairedDifference(
      runs.compactMap { run in
        guard let seed = run.seed, let value = run.values[metric],
          let other = others.first(where: { $0.seed == seed })?.values[metric]
        else { return nil }
        return value - other
      })
  }

  /// Mean and sample standard deviation; nil without values.
  public static func statistic(_ values: [Double]) -> Statistic? {
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
    return Statistic(
      mean: mean, standardDeviation: deviation, count: values.count, difference: nil, paired: nil)
  }

  /// A table in per cent: `mean ± standard deviation (difference to the first row)`.
  public var table: TextTable {
    let shown = metrics.filter { metric in rows.contains { $0.statistics[metric] != nil } }
    var table = TextTable(
      [.init("recipe"), .init("runs", .right)] + shown.map { .init(MetricName.columnTitle($0), .right) }
        + [.init("selection")])
    for row in rows {
      table.append(
        [row.recipe, "\(row.runs.count)"] + shown.map { Self.text(row.statistics[$0]) } + [row.selection?.label ?? "-"])
    }
    if rows.contains(where: { $0.statistics.values.contains { $0.paired?.halfWidth != nil } }) {
      table.notes.append(
        "Differences to the first row are means over runs of equal seeds, with 95 % confidence intervals (Student's t)."
      )
    }
    if let note = ShotLimits.note(shotLimits) { table.notes.append(note) }
    if rows.contains(where: { $0.selection == .test }) {
      table.notes.append("Rows marked 'best ON TEST' selected their epoch on the test set; they are not comparable.")
    }
    return table
  }

  private static func text(_ statistic: Statistic?) -> String {
    guard let statistic else { return "-" }
    let deviation = statistic.standardDeviation.map { " ± " + RunQuery.percent($0) } ?? ""
    var difference = statistic.difference.map { "\($0 < 0 ? "" : "+")\(RunQuery.percent($0))" } ?? ""
    if let paired = statistic.paired, let halfWidth = paired.halfWidth {
      difference = "\(paired.mean < 0 ? "" : "+")\(RunQuery.percent(paired.mean)) ± \(RunQuery.percent(halfWidth))"
    }
    if !difference.isEmpty { difference = " (\(difference))" }
    return RunQuery.percent(statistic.mean) + deviation + difference
  }
}
