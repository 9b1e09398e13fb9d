import Datasets

/// The accuracy of a routed network at one threshold of its router.
public struct RoutingPoint: Sendable, Equatable {
  /// The router logit above which an image uses a further expert.
  public let threshold: Double
  /// The shares of images that use one, two, … experts.
  public let shares: [Double]
  /// Accuracy over all images.
  public let accuracy: Double
  /// Mean per-class accuracy.
  public let balancedAccuracy: Double
  /// Mean per-class accuracy of each shot group; an empty group is absent.
  public let shotGroups: [ShotGroup: Double]
}
