import ModelEvaluation
import Serialization

/// The final metrics of a run; `metrics.json`.
public struct RunMetrics: Codable, Sendable, Equatable {
  /// The newest layout of the file that is read and written. Format 1 had the confusion matrix as rows in `details`.
  public static let newestFormat = 2

  /// The layout of the file.
  public var format = newestFormat
  /// The name of the recipe, such as `balanced-softmax/cifar100-lt`.
  public var recipe: String
  /// The seed of the run.
  public var seed: Int
  /// How the epoch was chosen.
  public var selection: SelectionRule
  /// The epoch the metrics belong to, from 0; tables and pages show it from 1.
  public var epoch: Int
  /// The number of steps done at that time.
  public var step: Int
  /// Values by name (see `MetricName`); fractions, not per cent. What does not exist, such as the accuracy of an empty
  /// group of classes, is absent.
  public var values: [String: Double]
  /// What separates the shot groups; nil if there are none.
  public var shotLimits: ShotLimits?
  /// How the experts or heads of the network did on their own; nil for a network with one.
  public var experts: ExpertResult?
  /// How often each class was predicted for each class, as the pairs that occur; nil where it was not kept.
  public var confusion: ConfusionMatrix?
  /// Everything else worth keeping, such as class names.
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
