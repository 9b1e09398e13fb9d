import ModelEvaluation

/// Images of one class that are predicted as another class.
public struct ConfusedPair: Sendable, Equatable, Encodable {
  /// The name of the true class.
  public var truth: String
  /// The name of the predicted class.
  public var predicted: String
  /// Images of the true class that are predicted so.
  public var count: Int
  /// Their share of the images of the true class.
  public var share: Double

  /// The most frequent pairs, ties in class order.
  ///
  /// - Parameters:
  ///   - limit: the number of pairs.
  ///   - confusion: true and predicted classes.
  ///   - classNames: names by label; a class beyond them has its label as name.
  public static func most(_ limit: Int, of confusion: ConfusionMatrix, classNames: [String]) -> [ConfusedPair] {
    let totals = confusion.truthCounts
    func name(_ label: Int) -> String { label < classNames.count ? classNames[label] : "\(label)" }
    return confusion.mostConfused(limit).map { entry in
      ConfusedPair(
        truth: name(entry.truth), predicted: name(entry.predicted), count: entry.count,
        share: Double(entry.count) / Double(totals[entry.truth]))
    }
  }
}
