import ModelTraining
import NeuralNetworks
import Objectives
import VisionData

/// Plain softmax cross-entropy: what every method here is measured against.
public struct CrossEntropy: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings

  /// Makes settings.
  public init(data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar) {
    self.data = data
    self.model = model
    self.training = training
  }

  /// One stage, one objective.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective = try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    return Recipe(
      name, source: "the usual baseline", model: model.description, preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: [(.epochs(0), objective)])])
  }
}
