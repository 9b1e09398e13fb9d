import Datasets
import Torch

/// Every image once per epoch, in a new random order: plain shuffling.
public struct InstanceBalanced: Sampler {
  /// Number of images, which is also the length of an epoch.
  public let epochLength: Int

  /// A sampler over this many images.
  ///
  /// - Throws: `LabelError/noLabels` when there is no image.
  public init(imageCount: Int) throws {
    guard imageCount > 0 else { throw LabelError.noLabels }
    epochLength = imageCount
  }

  /// A random permutation of all images.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    var order = Array(0..<Int32(epochLength))
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .permutation), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage))
    stream.shuffle(&order)
    return order
  }
}
