/// The rows of a ``FeatureBank``: classes one after another, each a ring buffer of entries with the same number of
/// rows.
struct FeatureBankLayout {
  private let plan: BreadcrumbPlan
  private let firstEntries: [Int]
  private let firstRows: [Int]

  init(_ plan: BreadcrumbPlan) {
    self.plan = plan
    var (entries, rows) = (0, 0)
    var first: (entries: [Int], rows: [Int]) = ([], [])
    for (depth, capacity) in zip(plan.depths, plan.capacities) {
      first.entries.append(entries)
      first.rows.append(rows)
      entries += depth
      rows += depth * capacity
    }
    (firstEntries, firstRows) = (first.entries, first.rows)
  }

  /// The class of each returned feature.
  var labels: [Int] {
    plan.depths.indices.flatMap { Array(repeating: $0, count: plan.depths[$0] > 0 ? plan.perClass : 0) }
  }

  /// The entry of a class that was finished `age` entries before the last one.
  func entry(of label: Int, age: Int, finished: Int) -> Int {
    firstEntries[label] + (finished - 1 - age) % plan.depths[label]
  }

  /// The first row of an entry of a class.
  private func row(of entry: Int, label: Int) -> Int {
    firstRows[label] + (entry - firstEntries[label]) * plan.capacities[label]
  }

  /// The row of the next feature of each class. For classes that store nothing it is the last row, which is never read.
  func writePositions(finished: [Int]) -> [Int] {
    plan.depths.indices.map { label in
      guard plan.depths[label] > 0 else { return plan.rowCount }
      return row(of: entry(of: label, age: 0, finished: finished[label] + 1), label: label)
    }
  }

  /// The rows of the returned features, newest entries first, with the entry of each and the newest of its class. Where
  /// a class has fewer rows than its target, they repeat.
  func choice(finished: [Int], lengths: [Int], tracksBack: Bool) -> (rows: [Int], entries: [Int], newest: [Int]) {
    var result: (rows: [Int], entries: [Int], newest: [Int]) = ([], [], [])
    for label in plan.depths.indices where plan.depths[label] > 0 {
      var available: [(row: Int, entry: Int)] = []
      for age in 0..<(tracksBack ? plan.depths[label] : 1) where available.count < plan.perClass {
        let entry = entry(of: label, age: age, finished: finished[label])
        let first = row(of: entry, label: label)
        available += (0..<lengths[entry]).map { (first + $0, entry) }
      }
      let newest = entry(of: label, age: 0, finished: finished[label])
      for position in 0..<plan.perClass {
        let chosen = available[position % available.count]
        result.rows.append(chosen.row)
        result.entries.append(chosen.entry)
        result.newest.append(newest)
      }
    }
    return result
  }
}
