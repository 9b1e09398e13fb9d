import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import VisionModels

/// Learnable weight scaling (LWS): features and classifier learned with instance-balanced sampling, then one factor per
/// class, the only trained parameters, with class-balanced sampling.
///
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.3.
public struct LearnableWeightScaling: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "lws", title: "LWS",
    summary: "learnable weight scaling: one factor per class over a frozen network, with class-balanced sampling",
    paper: "Decoupling, ICLR 2020", article: "Baselines")
  /// That of the factors follows that of the network.
  public static let laterSchedules = [LaterSchedule<Self>("scaling") { $0.scaling = .classifier(after: $1) }]

  /// Which images are used.
  public var data = DataSettings()
  /// The network; its head has a factor per class.
  public var model = ModelSettings { $0.head = .scaledLinear }
  /// The schedule of features and classifier.
  public var training = TrainingSettings.cifar
  /// The schedule of the factors.
  public var scaling = TrainingSettings.classifier(after: .cifar)

  /// The published settings.
  public init() {}

  /// The published second stages: 5 epochs on large images, with learning rate 0.1 and 256 images per step on
  /// Places-LT.
  ///
  /// - Source: the published code of Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .imageNetLT, .imageNetLTResNeXt50, .iNaturalist2018: scaling.length = .epochs(5)
    case .placesLT: (scaling.length, scaling.learningRate, scaling.batchSize) = (.epochs(5), 0.1, 256)
    case .cifar100LT, .cifar10LT, .cifar100LTBalms, .synthetic, .own: break
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
    return recipe(name, [features, scales])
  }

  /// The head must have factors.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(
      model.head == .scaledLinear, "model.head", model.head.rawValue, "scaledLinear, which has a factor per class")
  }
}
