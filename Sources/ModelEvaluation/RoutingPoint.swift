import Datasets

/// How a routed network does with one threshold of its router.
public struct RoutingPoint: Sendable, Equatable {
  /// The logit above which a further expert is asked.
  public let threshold: Double
  /// The share of images that stop after one, two, … experts.
  public let shares: [Double]
  /// Right answers over images.
  public let accuracy: Double
  /// Mean per-class accuracy.
  public let balancedAccuracy: Double
  /// Mean per-class accuracy of each shot group; an empty group is absent.
  public let shotGroups: [ShotGroup: Double]
}
