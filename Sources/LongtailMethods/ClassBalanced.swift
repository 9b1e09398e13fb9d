import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Cross-entropy weighted by the effective number of images.
///
/// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.
public struct ClassBalanced: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The beta of the effective number of images.
  public var beta: Double
  /// What the weighted sum is divided by.
  public var division: ClassBalancedLoss.Division

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar,
    beta: Double = 0.9999, division: ClassBalancedLoss.Division = .weights
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.beta = beta
    self.division = division
  }

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective = try ClassBalancedLoss(counts: classes.counts, beta: beta, division: division)
    return Recipe(
      name, source: "Class-Balanced Loss, CVPR 2019", model: model.description, preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), objective)])])
  }
}

extension ClassBalanced {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.number("beta", beta, in: 0..<1)
  }
}
