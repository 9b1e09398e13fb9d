import Datasets

/// The numbers of one evaluation. Shares are in 0...1; what has no value is absent, never 0.
public struct EvaluationResult: Sendable, Codable, Equatable {
  /// Evaluated samples.
  public let sampleCount: Int
  /// Share of the samples that were predicted right (top-1).
  public let accuracy: Double
  /// Mean of the per-class accuracies over the classes that occur.
  public let balancedAccuracy: Double
  /// Share of the samples whose class is among the `k` largest logits, by `k`; empty when predictions came without
  /// logits.
  public let topK: [Int: Double]
  /// Mean F1 over the classes that occur or are predicted; a class without a value counts 0.
  public let macroF1: Double
  /// Mean precision over the classes that occur or are predicted; a class that is never predicted counts 0.
  public let macroPrecision: Double
  /// The rule that made the shot groups.
  public let rule: ShotGroupRule
  /// Many, medium and few, those without an evaluated class left out.
  public let shotGroups: [ShotGroupResult]
  /// Every class in label order.
  public let perClass: [ClassResult]
  /// Calibration; `nil` when predictions came without confidences.
  public let calibration: Calibration?
  /// How often each class was predicted for each class.
  public let confusion: ConfusionMatrix

  /// Mean per-class accuracy of a shot group; `nil` when none of its classes was evaluated.
  public func accuracy(of group: ShotGroup) -> Double? {
    shotGroups.first { $0.group == group }?.accuracy
  }
}
