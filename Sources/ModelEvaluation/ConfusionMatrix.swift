/// How often each class was predicted for each true class. The matrix is sparse, so that it stays small for thousands
/// of classes.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The largest number of classes: labels have 32 bits.
  public static let greatestClassCount = Int(Int32.max)

  /// Number of classes.
  public let classCount: Int
  private var counts: [Int: Int] = [:]

  /// A matrix without samples.
  ///
  /// - Parameter classCount: the number of classes, within `0 ... greatestClassCount`.
  public init(classCount: Int) {
    precondition((0...Self.greatestClassCount).contains(classCount), "the number of classes exceeds 32-bit labels")
    self.classCount = classCount
  }

  /// A matrix from its non-zero entries.
  ///
  /// - Throws: ``EvaluationError/confusion(_:)`` for a number of classes, a class or a count out of range, and for two
  ///   entries of the same pair of classes.
  public init(classCount: Int, entries: some Sequence<ConfusionEntry>) throws {
    guard (0...Self.greatestClassCount).contains(classCount) else {
      throw EvaluationError.confusion("\(classCount) classes, expected 0...\(Self.greatestClassCount)")
    }
    self.init(classCount: classCount)
    for entry in entries {
      for label in [entry.truth, entry.predicted] where label < 0 || label >= classCount {
        throw EvaluationError.confusion("class \(label), expected one of \(classCount) classes counted from 0")
      }
      guard (1...Int(Int32.max)).contains(entry.count) else {
        throw EvaluationError.confusion("an entry with count \(entry.count), expected 1...\(Int32.max)")
      }
      guard counts.updateValue(entry.count, forKey: entry.truth * classCount + entry.predicted) == nil else {
        throw EvaluationError.confusion("two entries for true class \(entry.truth), predicted class \(entry.predicted)")
      }
    }
  }

  /// A matrix from rows of counts, one row per true class.
  ///
  /// - Throws: ``EvaluationError/confusion(_:)`` if the rows are not square, or a count is out of range.
  public init(rows: [[Int]]) throws {
    if let row = rows.first(where: { $0.count != rows.count }) {
      throw EvaluationError.confusion("a row of \(row.count) counts, expected \(rows.count), the number of rows")
    }
    let entries = rows.enumerated().flatMap { truth, row in
      row.enumerated().compactMap { predicted, count in
        count == 0 ? nil : ConfusionEntry(truth: truth, predicted: predicted, count: count)
      }
    }
    try self.init(classCount: rows.count, entries: entries)
  }

  /// The number of samples of class `truth` that were predicted as class `predicted`.
  public subscript(truth truth: Int, predicted predicted: Int) -> Int {
    precondition(
      (0..<classCount).contains(truth) && (0..<classCount).contains(predicted), "a label outside the classes")
    return counts[truth * classCount + predicted] ?? 0
  }

  /// The non-zero entries, by true class and then by predicted class.
  public var entries: [ConfusionEntry] {
    counts.sorted { $0.key < $1.key }.map {
      ConfusionEntry(truth: $0.key / classCount, predicted: $0.key % classCount, count: $0.value)
    }
  }

  /// The number of samples of each true class, in label order.
  public var truthCounts: [Int] {
    counts.reduce(into: Array(repeating: 0, count: classCount)) { $0[$1.key / classCount] += $1.value }
  }

  /// The off-diagonal entries with the largest counts; ties in class order.
  public func mostConfused(_ limit: Int) -> [ConfusionEntry] {
    let mistakes = entries.filter { $0.truth != $0.predicted }
    // Equal counts are ordered by their position among the entries.
    let order = mistakes.indices.sorted { (mistakes[$1].count, $0) < (mistakes[$0].count, $1) }
    return order.prefix(max(limit, 0)).map { mistakes[$0] }
  }

  mutating func add(truth: Int, predicted: Int) {
    counts[truth * classCount + predicted, default: 0] += 1
  }

  mutating func merge(_ other: ConfusionMatrix) {
    counts.merge(other.counts, uniquingKeysWith: +)
  }
}
