import ModelEvaluation
import Serialization

/// The final metrics of a run; `metrics.json`.
public struct RunMetrics: Codable, Sendable, Equatable {
  /// The version of the run folder that the file belongs to.
  public var format = RunFolder.format
  /// The name of the recipe, such as `balanced-softmax/cifar100-lt`.
  public var recipe: String
  /// The seed of the run.
  public var seed: Int
  /// How the epoch was chosen.
  public var selection: SelectionRule
  /// The epoch that the metrics belong to, from 0; tables and reports show it from 1.
  public var epoch: Int
  /// The number of training steps done at that time.
  public var step: Int
  /// Values by name (see `MetricName`); fractions, not per cent. What does not exist, such as the accuracy of an empty
  /// group of classes, is absent.
  public var values: [String: Double]
  /// The training counts that separate the shot groups; nil without shot groups.
  public var shotLimits: ShotLimits?
  /// The metrics of each expert or head alone; nil for a network with one.
  public var experts: ExpertResult?
  /// The confusion matrix, as the pairs of classes that occur; nil where it was not recorded.
  public var confusion: ConfusionMatrix?
  /// Other results, such as class names.
  public var details: JSONObject

  /// Metrics from their parts.
  public init(
    recipe: String, seed: Int, selection: SelectionRule, epoch: Int, step: Int, values: [String: Double],
    shotLimits: ShotLimits? = nil, experts: ExpertResult? = nil, confusion: ConfusionMatrix? = nil,
    details: JSONObject = [:]
  ) {
    self.recipe = recipe
    self.seed = seed
    self.selection = selection
    self.epoch = epoch
    self.step = step
    self.values = values
    self.shotLimits = shotLimits
    self.experts = experts
    self.confusion = confusion
    self.details = details
  }
}
