import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Learnable weight scaling (LWS): features and classifier learned from all images alike, then one factor per class, the only thing
/// trained, with classes equally likely.
///
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.3.
public struct LearnableWeightScaling: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network; its head has a factor per class.
  public var model: ModelSettings
  /// The schedule of features and classifier.
  public var training: TrainingSettings
  /// The schedule of the factors.
  public var scaling: TrainingSettings

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .scaledLinear), training: TrainingSettings = .cifar
  ) {
    self.data = data
    self.model = model
    self.training = training
    scaling = .classifier(after: training)
  }

  /// The schedule of features and classifier, and a short one of the factors.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    scaling = .classifier(after: schedule)
  }

  /// The published second stages: 5 epochs on large images, with rate 0.1 and 256 images a step on Places-LT.
  ///
  /// - Source: the published code of Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "imagenet-lt", "imagenet-lt/resnext50", "inaturalist2018": scaling.length = .epochs(5)
    case "places-lt": (scaling.length, scaling.learningRate, scaling.batchSize) = (.epochs(5), 0.1, 256)
    default: break
    }
  }

  /// Two stages: everything but the factors, then the factors alone.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let factors = ParameterSelection.head + ".scales"
    let classifier = [ParameterSelection.head + ".weight", ParameterSelection.head + ".bias"]
    let featureParts = ParameterSelection.only(
      model.trainedParts.flatMap { $0 == ParameterSelection.head ? classifier : [$0] })
    let features = try training.stage(
      "features", training: model.trainedParts.isEmpty ? .allExcept([factors]) : featureParts,
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    let scales = try scaling.stage(
      "scaling", training: .only([factors]),
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: scaling.labelSmoothing))])
    return Recipe(
      name, source: "Decoupling, ICLR 2020, section 4.3", model: model.description,
      preprocessing: model.preprocessing, stages: [features, scales])
  }
}

extension LearnableWeightScaling {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.group("scaling", scaling)
    checks.require(
      model.head == .scaledLinear, "model.head", model.head.rawValue, "scaledLinear, which has a factor per class")
  }
}
