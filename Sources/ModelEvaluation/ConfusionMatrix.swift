/// How often each class was predicted for each true class. Only pairs that occur are stored, so that thousands of
/// classes stay small.
public struct ConfusionMatrix: Sendable, Equatable {
  /// Number of classes.
  public let classCount: Int
  private var counts: [Int: Int] = [:]

  /// A matrix without samples.
  public init(classCount: Int) { self.classCount = classCount }

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

  /// The pairs of different classes that are confused most often; ties in class order.
  public func mostConfused(_ limit: Int) -> [ConfusionEntry] {
    let mistakes = entries.filter { $0.truth != $0.predicted }
    // A stable order for equal counts: the position among the entries decides.
    let order = mistakes.indices.sorted { (mistakes[$1].count, $0) < (mistakes[$0].count, $1) }
    return order.prefix(max(limit, 0)).map { mistakes[$0] }
  }

  mutating func add(truth: Int, predicted: Int, count: Int = 1) {
    counts[truth * classCount + predicted, default: 0] += count
  }

  mutating func merge(_ other: ConfusionMatrix) {
    counts.merge(other.counts, uniquingKeysWith: +)
  }
}
