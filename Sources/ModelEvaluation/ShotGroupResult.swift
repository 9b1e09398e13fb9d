import Datasets

/// The metrics of one shot group.
public struct ShotGroupResult: Sendable, Codable, Equatable {
  /// The group.
  public let group: ShotGroup
  /// The condition on the number of training images, such as `> 100`.
  public let condition: String
  /// Classes of the group with evaluated samples; above 0.
  public let classCount: Int
  /// Evaluated samples of these classes.
  public let sampleCount: Int
  /// Mean of the per-class accuracies of these classes.
  public let accuracy: Double
}
