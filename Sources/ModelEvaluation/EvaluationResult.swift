import Datasets

/// The metrics of one evaluation. Accuracies are in 0...1; an undefined metric is absent, never 0.
public struct EvaluationResult: Sendable, Codable, Equatable {
  /// Evaluated samples.
  public let sampleCount: Int
  /// Top-1 accuracy: the share of samples that were predicted correctly.
  public let accuracy: Double
  /// Mean of the per-class accuracies over the classes that occur.
  public let balancedAccuracy: Double
  /// Top-k accuracy by `k`: the share of samples whose class is among the `k` largest logits; empty without logits.
  public let topK: [Int: Double]
  /// Mean F1 over the classes that occur or are predicted; an undefined F1 counts as 0.
  public let macroF1: Double
  /// Mean precision over the classes that occur or are predicted; that of a class never predicted counts as 0.
  public let macroPrecision: Double
  /// The rule of the shot groups.
  public let rule: ShotGroupRule
  /// Many, medium and few; groups without an evaluated class are absent.
  public let shotGroups: [ShotGroupResult]
  /// Every class in label order.
  public let perClass: [ClassResult]
  /// Calibration; `nil` without confidences.
  public let calibration: Calibration?
  /// How often each class was predicted for each true class.
  public let confusion: ConfusionMatrix

  /// Mean per-class accuracy of a shot group; `nil` when none of its classes was evaluated.
  public func accuracy(of group: ShotGroup) -> Double? {
    shotGroups.first { $0.group == group }?.accuracy
  }
}
