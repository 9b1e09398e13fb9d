import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Focal loss, optionally weighted by the effective number of images.
///
/// - Source: Focal Loss for Dense Object Detection, ICCV 2017; with weights: Class-Balanced Loss, CVPR 2019.
public struct Focal: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// How strongly easy images are turned down.
  public var gamma: Double
  /// The beta of the effective number of images; 0 gives equal weights.
  public var beta: Double
  /// Where class weights enter.
  public var weightMode: FocalLoss.WeightMode

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar,
    gamma: Double = 2,
    beta: Double = 0, weightMode: FocalLoss.WeightMode = .standard
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.gamma = gamma
    self.beta = beta
    self.weightMode = weightMode
  }

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let weights = beta != 0 ? try classes.effectiveNumberWeights(beta: beta) : nil
    let objective = try FocalLoss(gamma: gamma, classWeights: weights, mode: weightMode)
    return Recipe(
      name, source: "Focal Loss for Dense Object Detection, ICCV 2017", model: model.description,
      preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), objective)])])
  }
}

extension Focal {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.number("gamma", gamma, in: 0...100)
    checks.number("beta", beta, in: 0..<1)
  }
}
