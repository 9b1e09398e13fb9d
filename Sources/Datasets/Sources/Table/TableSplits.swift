/// Tells the split of each row of a table.
struct TableSplits {
  private let column: String
  private let testValues: Set<String>
  private let validationValues: Set<String>
  private let file: String
  /// How often each value was seen.
  private var counts: [String: Int] = [:]

  init(column: String, _ columns: ImageTableColumns, file: String) throws {
    self.column = column
    self.file = file
    testValues = Set(columns.testValues ?? [])
    validationValues = Set(columns.validationValues ?? [])
    if let both = testValues.intersection(validationValues).min() {
      throw DataSourceError.badSetting(
        name: "'\(both)' in --validation-split", value: "in --test-split as well", expected: "to be in one of them")
    }
  }

  /// Whether the user says which values mean which split.
  private var isStated: Bool { !testValues.isEmpty || !validationValues.isEmpty }

  /// The split of a row.
  ///
  /// - Throws: `DataSourceError.malformed` for a value that is no split, where the user does not say what values mean.
  mutating func split(of text: String, line: Int) throws -> DataSplit {
    counts[text, default: 0] += 1
    if isStated { return testValues.contains(text) ? .test : validationValues.contains(text) ? .validation : .train }
    guard let split = DataSplit(named: text) else {
      throw DataSourceError.malformed(
        file: file, place: "line \(line)",
        problem:
          "split '\(text)' in column '\(column)', expected train, validation (val, valid, dev) or test; say which "
          + "values are the test set with --test-split (and --validation-split), name another column with --split-column, or "
          + "use all rows for training with --split-column none")
    }
    return split
  }

  /// Makes sure that every value that the user named was there, and that something is for training.
  ///
  /// - Throws: `DataSourceError.malformed`.
  func check(needsTraining: Bool) throws {
    func problem(_ text: String) -> DataSourceError {
      .malformed(file: file, place: "column '\(column)'", problem: text)
    }
    let values =
      counts.keys.sorted(by: ClassOrder.precedes).prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      + (counts.count > 8 ? ", ..." : "")
    for (option, wanted) in [("--test-split", testValues), ("--validation-split", validationValues)] {
      if let missing = wanted.sorted(by: ClassOrder.precedes).first(where: { counts[$0] == nil }) {
        throw problem("no row has '\(missing)' (\(option)); the values are \(values)")
      }
    }
    let isTraining = { (text: String) in
      isStated ? !testValues.contains(text) && !validationValues.contains(text) : DataSplit(named: text) == .train
    }
    guard !needsTraining || counts.keys.contains(where: isTraining) else {
      throw problem(
        "there are no training rows: all \(counts.values.reduce(0, +)) rows say \(values); name a table with training rows, or use "
          + "all rows for training with --split-column none")
    }
  }
}
