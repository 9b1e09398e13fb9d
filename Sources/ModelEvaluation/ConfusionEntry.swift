/// A cell of a confusion matrix: a true class, a predicted class and the number of samples.
public struct ConfusionEntry: Sendable, Equatable {
  /// Label of the true class.
  public let truth: Int
  /// Label of the predicted class.
  public let predicted: Int
  /// Samples of `truth` that were predicted as `predicted`.
  public let count: Int

  /// Makes an entry.
  public init(truth: Int, predicted: Int, count: Int) {
    self.truth = truth
    self.predicted = predicted
    self.count = count
  }
}
