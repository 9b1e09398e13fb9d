import VisionData

/// How a routed network does with one threshold of its gates.
public struct RoutingPoint: Sendable, Equatable {
  /// The logit above which a further expert is asked.
  public let threshold: Double
  /// The share of pictures that stop after one, two, … experts.
  public let shares: [Double]
  /// Right answers over pictures.
  public let accuracy: Double
  /// Mean per-class accuracy.
  public let balancedAccuracy: Double
  /// Mean per-class accuracy of each shot group; an empty group is absent.
  public let shotGroups: [ShotGroup: Double]
}
