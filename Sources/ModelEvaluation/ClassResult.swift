import Datasets

/// The metrics of one class.
public struct ClassResult: Sendable, Codable, Equatable {
  /// Class index.
  public let label: Int
  /// Class name.
  public let name: String
  /// Number of training images, which determines the shot group.
  public let trainingImages: Int
  /// Shot group by the rule of the evaluation.
  public let shotGroup: ShotGroup
  /// Evaluated samples of the class.
  public let count: Int
  /// Samples of any class that were predicted as this one.
  public let predictedCount: Int
  /// Samples of the class that were predicted correctly.
  public let correctCount: Int

  /// Share of the class's samples that were predicted correctly, its accuracy; `nil` without samples.
  public var recall: Double? { count > 0 ? Double(correctCount) / Double(count) : nil }

  /// Share of the predictions of this class that were correct; `nil` when it was never predicted.
  public var precision: Double? { predictedCount > 0 ? Double(correctCount) / Double(predictedCount) : nil }

  /// Harmonic mean of precision and recall, `2 correct / (count + predictedCount)`; 0 when one of them is 0 or
  /// undefined, `nil` when the class neither occurred nor was predicted.
  public var f1: Double? {
    count + predictedCount > 0 ? 2 * Double(correctCount) / Double(count + predictedCount) : nil
  }
}
