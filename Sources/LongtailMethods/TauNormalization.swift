import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Tau-normalisation: a plainly trained linear classifier whose class vectors are then divided by a power of their lengths, which are
/// larger for frequent classes.
///
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4.3.
public struct TauNormalization: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The power of the lengths: 0 changes nothing but the bias, 1 makes all lengths equal. The paper chooses it on validation images,
  /// mostly from 0.5 to 0.9.
  public var tau: Double

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(), training: TrainingSettings = .cifar, tau: Double = 0.7
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.tau = tau
  }

  /// One stage of training, and one without steps that divides.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let joint = try training.stage(
      "joint", training: model.trained,
      objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    return Recipe(
      name, source: "Decoupling, ICLR 2020, section 4.3", model: model.description,
      preprocessing: model.preprocessing,
      stages: [joint, Stage(changing: "normalised", [.normalizedClassVectors(power: tau)], as: joint)])
  }

  /// Takes the power of the published scripts.
  public mutating func adapt(toTarget name: String) {
    if name == "inaturalist2018" { tau = 0.31 }
  }
}

extension TauNormalization {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.number("tau", tau, in: 0...1)
    checks.require(
      model.head == .linear, "model.head", model.head.rawValue, "linear, whose class vectors have lengths")
  }
}
