import Objectives
import Serialization

/// Deferred re-weighting: from some epoch on, classes are weighted by their effective number of images.
///
/// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019, for the deferral;
///   Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019, for the weights.
public struct Reweighting: Settings {
  /// The beta of the effective number of images.
  @Within(0..<1) public var beta = 0.9999
  /// The share of the epochs, at the end, in which classes are weighted.
  @Within(above: 0, upTo: 1) public var share = 0.2

  /// From four fifths of the training on.
  public init() {}
}
