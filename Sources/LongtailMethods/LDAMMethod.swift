import ModelTraining
import NeuralNetworks
import Objectives
import VisionData

/// Label-distribution-aware margins with deferred re-weighting: margins alone first, then margins with effective-number weights.
///
/// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019.
public struct LDAMSettings: MethodSettings {
  /// Which images are used.
  public var data: DataSettings
  /// The network; margins are in units of cosine, so its head is a cosine one.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The margin of the rarest class.
  public var maxMargin: Double
  /// The beta of the effective number of images.
  public var beta: Double
  /// The epoch, from 0, at which re-weighting begins; beyond the last for none.
  public var reweightFromEpoch: Int

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine), training: TrainingSettings = .cifar,
    maxMargin: Double = 0.5, beta: Double = 0.9999, reweightFromEpoch: Int = 160
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.maxMargin = maxMargin
    self.beta = beta
    self.reweightFromEpoch = reweightFromEpoch
  }

  /// One stage, two phases.
  public func recipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    guard model.head == .cosine else {
      throw ObjectiveError.setting(
        name: "model.head", value: model.head.rawValue, expected: "cosine, because LDAM's margins are cosines")
    }
    guard model.scaleRule == .fixed, model.featureLength == .unit else {
      throw ObjectiveError.setting(
        name: "model.scaleRule and model.featureLength",
        value: "\(model.scaleRule.rawValue) and \(model.featureLength.rawValue)",
        expected: "fixed and unit, because LDAM's margins are in units of a fixed scale")
    }
    func ldam(_ beta: Double?) throws -> LDAM {
      try LDAM(counts: classes.counts, maxMargin: maxMargin, scale: model.cosineScale, reweightingBeta: beta)
    }
    let phases: [(TrainingLength, any Objective)] = [
      (.epochs(0), try ldam(nil)), (.epochs(max(0, reweightFromEpoch)), try ldam(beta)),
    ]
    return Recipe(
      name, source: "LDAM-DRW, NeurIPS 2019", model: model.description, preprocessing: model.preprocessing,
      stages: [try training.stage("joint", training: model.trained, objectives: phases)])
  }

  /// Lets re-weighting begin at four fifths of another length, as it does in the original schedule; other methods stay as they are.
  static func deferring(_ length: TrainingLength, in settings: inout any MethodSettings) {
    guard var own = settings as? LDAMSettings, case .epochs(let epochs) = length else { return }
    own.reweightFromEpoch = epochs * 4 / 5
    settings = own
  }
}
