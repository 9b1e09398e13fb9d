import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Focal loss, optionally weighted by the effective number of images.
///
/// - Source: Focal Loss for Dense Object Detection, ICCV 2017; with weights: Class-Balanced Loss, CVPR 2019.
public struct Focal: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "focal", title: "Focal loss", summary: "focal loss", paper: "Focal Loss for Dense Object Detection, ICCV 2017",
    article: "Baselines")

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// How strongly well-classified images are down-weighted.
  @Within(0...100) public var gamma = 2.0
  /// The beta of the effective number of images, by which classes are weighted; nil for equal weights.
  @Within(0..<1) public var beta: Double? = nil
  /// Where class weights enter.
  public var weightMode = FocalLoss.WeightMode.standard

  /// The published settings.
  public init() {}

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try FocalLoss(
      gamma: gamma, classWeights: beta.map { try classes.effectiveNumberWeights(beta: $0) }, mode: weightMode)
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), loss)])])
  }

  /// The loss has no smoothed targets.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.unused("weightMode", if: beta == nil, "classes are weighted only where beta is given")
  }
}
