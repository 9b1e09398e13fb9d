import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Classifier re-training (cRT): features learned from all images alike, then a new classifier over the fixed features with classes
/// equally likely.
///
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.1.
public struct ClassifierRetraining: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule of the features.
  public var training: TrainingSettings
  /// The schedule of the classifier.
  public var retraining: TrainingSettings

  /// Makes settings.
  public init(data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar) {
    self.data = data
    self.model = model
    self.training = training
    retraining = .classifier(after: training)
  }

  /// The schedule of the features, and a short one of the classifier.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    retraining = .classifier(after: schedule)
  }

  /// The published second stages: rate 0.1 and 256 images a step on Places-LT, 30 epochs on iNaturalist.
  ///
  /// - Source: the published code of Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "places-lt": (retraining.learningRate, retraining.batchSize) = (0.1, 256)
    case "inaturalist2018": retraining.length = .epochs(30)
    default: break
    }
  }

  /// Two stages: all parameters, then a fresh head alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let features = try training.stage(
      "features", training: model.trained,
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    let classifier = try retraining.stage(
      "classifier", training: .only([ParameterSelection.head]),
      initializations: [.reinitializedParameters([ParameterSelection.head])],
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: retraining.labelSmoothing))])
    return Recipe(
      name, source: "Decoupling, ICLR 2020, section 4.1", model: model.description,
      preprocessing: model.preprocessing, stages: [features, classifier])
  }
}

extension ClassifierRetraining {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.group("retraining", retraining)
  }
}
