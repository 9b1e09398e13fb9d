import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Balanced Softmax: cross-entropy with the training prior added to the logits; plain logits at test time.
///
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020; Balanced Activation for Long-tailed Visual
///   Recognition, 2020.
public struct BalancedSoftmax: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The power of the class counts; 1 in the paper's experiments.
  public var tau: Double
  /// The least class count; with 0, classes without images are excluded.
  public var countFloor: Double

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar, tau: Double = 1,
    countFloor: Double = 0
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.tau = tau
    self.countFloor = countFloor
  }

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective = try BalancedSoftmaxLoss(classes, tau: tau, countFloor: countFloor)
    return Recipe(
      name, source: "Balanced Meta-Softmax, NeurIPS 2020, equation 4", model: model.description,
      preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), objective)])])
  }
}

extension BalancedSoftmax {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.number("tau", tau, in: 0...100)
    checks.number("countFloor", countFloor, in: 0...1_000_000_000)
  }
}
