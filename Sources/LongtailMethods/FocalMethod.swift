import ModelTraining
import NeuralNetworks
import Objectives
import VisionData

/// Focal loss, optionally weighted by the effective number of images.
///
/// - Source: Focal Loss for Dense Object Detection, ICCV 2017; with weights: Class-Balanced Loss, CVPR 2019.
public struct FocalSettings: MethodSettings {
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
  public var weightMode: Focal.WeightMode

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar,
    gamma: Double = 2,
    beta: Double = 0, weightMode: Focal.WeightMode = .standard
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.gamma = gamma
    self.beta = beta
    self.weightMode = weightMode
  }

  /// One stage, one objective.
  public func recipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    try training.refuseSmoothing()
    let weights = beta != 0 ? try classes.effectiveNumberWeights(beta: beta) : nil
    let objective = try Focal(gamma: gamma, classWeights: weights, mode: weightMode)
    return Recipe(
      name, source: "Focal Loss for Dense Object Detection, ICCV 2017", model: model.description,
      preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), objective)])])
  }
}
