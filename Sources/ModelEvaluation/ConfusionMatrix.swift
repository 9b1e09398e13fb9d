/// How often each class was predicted for each true class. Only pairs that occur are stored, so that thousands of
/// classes stay small.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The most classes that a matrix holds: labels have 32 bits.
  public static let greatestClassCount = Int(Int32.max)

  /// Number of classes.
  public let classCount: Int
  private var counts: [Int: Int] = [:]

  /// A matrix without samples.
  ///
  /// - Parameter classCount: the number of classes, within `0 ... greatestClassCount`.
  public init(classCount: Int) {
    precondition((0...Self.greatestClassCount).contains(classCount), "a number of classes that no label can name")
    self.classCount = classCount
  }

  /// A matrix from pairs, each of which stands once.
  ///
  /// - Throws: ``EvaluationError/confusion(_:)`` for a number of classes, a class, or a count that cannot be, or a pair
  ///   that stands twice.
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
        throw EvaluationError.confusion("a pair that occurs \(entry.count) times, expected 1...\(Int32.max)")
      }
      guard counts.updateValue(entry.count, forKey: entry.truth * classCount + entry.predicted) == nil else {
        throw EvaluationError.confusion("the pair of classes \(entry.truth) and \(entry.predicted) twice")
      }
    }
  }

  /// A matrix from rows of counts, one a true class.
  ///
  /// - Throws: ``EvaluationError/confusion(_:)`` for rows that are not as long as there are rows, and for counts that
  ///   cannot be.
  public init(rows: [[Int]]) throws {
    if let row = rows.first(where: { $0.count != rows.count }) {
      throw EvaluationError.confusion("a row of \(row.count) counts among \(rows.count) rows, expected as many")
    }
    let entries = rows.enumerated().flatMap { truth, row in
      row.enumerated().compactMap { predicted, count in
        count == 0 ? nil : ConfusionEntry(truth: truth, predicted: predicted, count: count)
      }
    }
    try self.init(classCount: rows.count, entries: entries)
  }

  /// Samples of a true class that were predicted as a class.
  public subscript(truth truth: Int, predicted predicted: Int) -> Int {
    precondition(
      (0..<classCount).contains(truth) && (0..<classCount).contains(predicted), "a label outside the classes")
    return counts[truth * classCount + predicted] ?? 0
  }

  /// The pairs that occur, by true class and then by prediction.
  public var entries: [ConfusionEntry] {
    counts.sorted { $0.key < $1.key }.map {
      ConfusionEntry(truth: $0.key / classCount, predicted: $0.key % classCount, count: $0.value)
    }
  }

  /// The samples of each true class, in label order.
  public var truthCounts: [Int] {
    counts.reduce(into: Array(repeating: 0, count: classCount)) { $0[$1.key / classCount] += $1.value }
  }

  /// The pairs of different classes that are confused most often; ties in class order.
  public func mostConfused(_ limit: Int) -> [ConfusionEntry] {
    let mistakes = entries.filter { $0.truth != $0.predicted }
    // A stable order for equal counts: the position among the entries decides.
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
