import Datasets

/// How the classes of one shot group did.
public struct ShotGroupResult: Sendable, Codable, Equatable {
  /// The group.
  public let group: ShotGroup
  /// The condition on the training images that makes the group, such as `> 100`.
  public let condition: String
  /// Classes of the group that occur in the evaluated set; above 0.
  public let classCount: Int
  /// Samples of these classes.
  public let sampleCount: Int
  /// Mean of their per-class accuracies.
  public let accuracy: Double
}
