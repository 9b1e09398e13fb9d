import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import VisionModels

/// A loss of logits that can replace that of a recipe, by name.
public enum ObjectiveKind: String, Sendable, Codable, CaseIterable {
  /// Plain cross-entropy.
  case crossEntropy = "cross-entropy"
  /// Cross-entropy with the log prior added to the logits.
  case balancedSoftmax = "balanced-softmax"
  /// Focal loss.
  case focal
  /// Cross-entropy weighted by the effective number of images.
  case classBalanced = "class-balanced"
  /// Margins that are larger for rare classes.
  case ldam
  /// Logit adjustment, the training form.
  case logitAdjustment = "logit-adjustment"

  /// Whether the loss itself corrects the training prior.
  public var correctsPrior: Bool { self == .balancedSoftmax || self == .logitAdjustment }

  /// The loss with its usual settings.
  /// - Throws: `ObjectiveError.setting` when it does not fit the head.
  public func objective(for classes: ClassDistribution, model: ModelDescription) throws -> any Objective {
    switch self {
    case .crossEntropy: return try CrossEntropyLoss()
    case .balancedSoftmax: return try BalancedSoftmaxLoss(classes)
    case .focal: return try FocalLoss()
    case .classBalanced: return try ClassBalancedLoss(counts: classes.counts)
    case .logitAdjustment: return try PriorAdjustment.training(counts: classes.counts)
    case .ldam:
      guard model.head == .cosine, model.scaleRule == .fixed, model.featureLength == .unit else {
        throw ObjectiveError.setting(
          name: "objective", value: rawValue,
          expected: "another one with this head: LDAM's margins are cosines of a fixed scale; add --head cosine")
      }
      return try LDAMLoss(counts: classes.counts, scale: model.cosineScale)
    }
  }
}
