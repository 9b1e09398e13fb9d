import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Balanced Softmax: cross-entropy with the log prior of the training set added to the logits; plain logits at test
/// time.
///
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, equation 4; Balanced Activation
///   for Long-tailed Visual Recognition, 2020.
public struct BalancedSoftmax: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "balanced-softmax", title: "Balanced Softmax", summary: "cross-entropy with the training prior added to the logits",
    paper: "Balanced Meta-Softmax, NeurIPS 2020; Balanced Activation, 2020", article: "BalancedSoftmax",
    results: [
      .cifar100LT:
        "41.9 % all, 59.5 many, 41.3 medium, 22.0 few in plain PyTorch (factor 100, one seed, measured)"
    ])

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The power of the class counts; 1 in the paper's experiments.
  @Within(0...100) public var tau = 1.0
  /// The least class count; with 0, classes without images are excluded.
  @Within(0...1_000_000_000) public var countFloor = 0.0

  /// The published settings.
  public init() {}

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try BalancedSoftmaxLoss(classes, tau: tau, countFloor: countFloor)
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), loss)])])
  }

  /// The loss has no smoothed targets.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
  }
}
