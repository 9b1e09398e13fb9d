import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Cross-entropy with `tau log pi` added to the logits.
///
/// - Source: Long-tail learning via logit adjustment, ICLR 2021, equation 10.
public struct LogitAdjustment: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "logit-adjustment", title: "Logit adjustment", summary: "cross-entropy with tau log pi added to the logits",
    paper: "Long-tail learning via logit adjustment, ICLR 2021", article: "Baselines",
    results: [.cifar100LT: "42.0 to 43.9 % all in later works' tables (factor 100, published)"])

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The factor on the log prior.
  @Within(0...100) public var tau = 1.0

  /// The published settings.
  public init() {}

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try PriorAdjustment.training(counts: classes.counts, tau: tau)
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), loss)])])
  }

  /// The loss has no smoothed targets.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
  }
}
