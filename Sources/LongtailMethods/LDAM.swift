import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Label-distribution-aware margins with deferred re-weighting: margins alone first, then margins with effective-number weights.
///
/// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019.
public struct LDAM: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network; margins are in units of cosine, so its head is a cosine one.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The margin of the rarest class.
  public var maxMargin: Double
  /// The beta of the effective number of images.
  public var beta: Double
  /// The share of the epochs, at the end, in which classes are weighted by their effective number of images; 0 for none.
  public var reweightedShare: Double

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine), training: TrainingSettings = .cifar,
    maxMargin: Double = 0.5, beta: Double = 0.9999, reweightedShare: Double = 0.2
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.maxMargin = maxMargin
    self.beta = beta
    self.reweightedShare = reweightedShare
  }

  /// One stage, two phases.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    func ldam(_ beta: Double?) throws -> LDAMLoss {
      try LDAMLoss(counts: classes.counts, maxMargin: maxMargin, scale: model.cosineScale, reweightingBeta: beta)
    }
    var phases: [(TrainingLength, any Objective)] = [(.epochs(0), try ldam(nil))]
    if reweightedShare > 0 { phases.append((training.length.start(ofLast: reweightedShare), try ldam(beta))) }
    return Recipe(
      name, source: "LDAM-DRW, NeurIPS 2019", model: model.description, preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: phases)])
  }
}

extension LDAM {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.number("maxMargin", maxMargin, above: 0, upTo: 10)
    checks.number("beta", beta, in: 0..<1)
    checks.number("reweightedShare", reweightedShare, in: 0...1)
    checks.require(
      model.head == .cosine, "model.head", model.head.rawValue, "cosine, because LDAM's margins are cosines")
    checks.require(
      model.scaleRule == .fixed && model.featureLength == .unit, "model.scaleRule and model.featureLength",
      "\(model.scaleRule.rawValue) and \(model.featureLength.rawValue)",
      "fixed and unit, because LDAM's margins are in units of a fixed scale")
    checks.unused("beta", if: reweightedShare == 0, "classes are weighted only where reweightedShare is above 0")
  }
}
