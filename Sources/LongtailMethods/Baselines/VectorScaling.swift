import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization

/// VS loss: cross-entropy of logits that are multiplied by a power of the class frequency and shifted by the log prior.
///
/// - Source: Label-Imbalanced and Group-Sensitive Classification under Overparameterization, NeurIPS 2021. The authors'
///   code trains with `gamma` 0.2 and `tau` 1.2 on CIFAR-10-LT (its example command); the values for CIFAR-100-LT, 0.05
///   and 0.75, are recalled from the paper and were not checked against it.
public struct VectorScaling: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "vs-loss", title: "VS loss", summary: "cross-entropy with logits multiplied by class and shifted by the log prior",
    paper: "Label-Imbalanced and Group-Sensitive Classification under Overparameterization, NeurIPS 2021",
    article: "VSLoss", aliases: ["vector-scaling"],
    results: [
      .cifar100LT: "43.5 % all (factor 100, paper, from memory)",
      .cifar10LT: "80.8 % all (factor 100, paper, from memory)",
    ])

  /// Which images are used.
  public var data = DataSettings()
  /// The network.
  public var model = ModelSettings()
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The power of the class frequency that multiplies logits; with 0 the loss is logit adjustment.
  @Within(0...10) public var gamma = 0.05
  /// The factor on the log prior; with 0 the loss is that of class-dependent temperatures.
  @Within(0...100) public var tau = 0.75
  /// The class weights at the end of training; nil for none.
  public var reweighting: Reweighting?

  /// The settings for CIFAR-100-LT.
  public init() {}

  /// Takes the strengths of the published code.
  public mutating func adapt(to benchmark: Benchmark) {
    if benchmark == .cifar10LT { (gamma, tau) = (0.2, 1.2) }
  }

  /// One stage, with a second phase where classes are re-weighted.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    func loss(_ beta: Double?) throws -> VectorScalingLoss {
      try VectorScalingLoss(counts: classes.counts, gamma: gamma, tau: tau, reweightingBeta: beta)
    }
    var phases: [(TrainingLength, any Objective)] = [(.epochs(0), try loss(nil))]
    if let reweighting {
      phases.append((training.length.start(ofLast: reweighting.share), try loss(reweighting.beta)))
    }
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: phases)])
  }

  /// The loss has no smoothed targets.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
  }
}
