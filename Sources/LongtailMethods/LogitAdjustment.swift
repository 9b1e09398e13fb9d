import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Cross-entropy with `tau log pi` added to the logits.
///
/// - Source: Long-tail learning via logit adjustment, ICLR 2021, equation 10.
public struct LogitAdjustment: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The factor on the log prior.
  public var tau: Double

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar, tau: Double = 1
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.tau = tau
  }

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective = try PriorAdjustment.training(counts: classes.counts, tau: tau)
    return Recipe(
      name, source: "Long-tail learning via logit adjustment, ICLR 2021", model: model.description,
      preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), objective)])])
  }
}

extension LogitAdjustment {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.number("tau", tau, in: 0...100)
  }
}
