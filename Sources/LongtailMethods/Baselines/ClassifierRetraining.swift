import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Classifier re-training (cRT): features learned with instance-balanced sampling, then a re-initialised classifier
/// over the frozen features with class-balanced sampling.
///
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.1.
public struct ClassifierRetraining: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "crt", title: "cRT",
    summary: "classifier re-training: a new classifier over frozen features, with class-balanced sampling",
    paper: "Decoupling, ICLR 2020", article: "Baselines")
  /// The classifier's follows that of the features.
  public static let laterSchedules = [
    LaterSchedule<Self>("retraining") { $0.retraining = .classifier(after: $1) }
  ]

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule of the features.
  public var training = TrainingSettings.cifar
  /// The schedule of the classifier.
  public var retraining = TrainingSettings.classifier(after: .cifar)

  /// The published settings.
  public init() {}

  /// The published second stages: learning rate 0.1 and 256 images per step on Places-LT, 30 epochs on iNaturalist
  /// 2018.
  ///
  /// - Source: the published code of Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .placesLT: (retraining.learningRate, retraining.batchSize) = (0.1, 256)
    case .iNaturalist2018: retraining.length = .epochs(30)
    case .cifar100LT, .cifar10LT, .cifar100LTBalms, .imageNetLT, .imageNetLTResNeXt50, .synthetic, .own: break
    }
  }

  /// Two stages: all parameters, then a re-initialised head alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let features = try training.stage(
      "features", training: model.trained,
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    let classifier = try retraining.stage(
      "classifier", training: .only([ParameterSelection.head]),
      initializations: [.reinitializedParameters([ParameterSelection.head])],
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: retraining.labelSmoothing))])
    return recipe(name, [features, classifier])
  }
}
