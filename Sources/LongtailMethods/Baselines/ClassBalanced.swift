import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Cross-entropy weighted by the effective number of images.
///
/// - Source: Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.
public struct ClassBalanced: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "class-balanced", title: "Class-Balanced Loss",
    summary: "cross-entropy weighted by the effective number of images", paper: "Class-Balanced Loss, CVPR 2019",
    article: "Baselines")

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The beta of the effective number of images.
  @Within(0..<1) public var beta = 0.9999
  /// What the weighted sum is divided by.
  public var division = ClassBalancedLoss.Division.weights

  /// The published settings.
  public init() {}

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try ClassBalancedLoss(counts: classes.counts, beta: beta, division: division)
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), loss)])])
  }

  /// The loss has no smoothed targets.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
  }
}
