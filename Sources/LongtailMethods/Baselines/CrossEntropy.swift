import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Plain softmax cross-entropy: what every method here is measured against.
public struct CrossEntropy: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "cross-entropy", title: "Cross-entropy", summary: "plain softmax cross-entropy", paper: "the usual baseline",
    article: "Baselines",
    results: [.cifar100LT: "38.3 % all in later works' tables (factor 100, published)"])

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar

  /// The published settings.
  public init() {}

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let loss = try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), loss)])])
  }
}
