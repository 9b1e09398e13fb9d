/// A true class, a predicted class and how often they met.
public struct ConfusionEntry: Sendable, Equatable {
  /// Label of the true class.
  public let truth: Int
  /// Label of the predicted class.
  public let predicted: Int
  /// Samples of `truth` that were predicted as `predicted`.
  public let count: Int

  /// An entry from its parts.
  public init(truth: Int, predicted: Int, count: Int) {
    self.truth = truth
    self.predicted = predicted
    self.count = count
  }
}
