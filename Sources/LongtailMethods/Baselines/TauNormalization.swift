import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// Tau-normalisation: a linear classifier trained with cross-entropy, whose class weights are then divided by a power
/// of their norms, which are larger for frequent classes.
///
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.3.
public struct TauNormalization: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "tau-normalization", title: "Tau-normalisation",
    summary: "classifier weights divided by a power of their norms after training", paper: "Decoupling, ICLR 2020",
    article: "Baselines")

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The power of the norms: 0 changes nothing but the bias, 1 makes all norms equal. The paper chooses it on a
  /// validation set, mostly from 0.5 to 0.9.
  @Within(0...1) public var tau = 0.7

  /// The published settings.
  public init() {}

  /// Takes the power of the published scripts.
  public mutating func adapt(to benchmark: Benchmark) {
    if benchmark == .iNaturalist2018 { tau = 0.31 }
  }

  /// One stage of training, and one without steps that divides.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let joint = try training.stage(
      "joint", training: model.trained,
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    return recipe(name, [joint, Stage(changing: "normalised", [.normalizedClassifierWeights(power: tau)], as: joint)])
  }

  /// Only the weights of a linear head have norms.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(
      model.head == .linear, "model.head", model.head.rawValue, "linear, whose class weights have norms")
  }
}
