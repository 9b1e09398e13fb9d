/// Another sampler's epochs without the images at their end that would make a batch smaller than the others. An epoch of fewer images than a
/// batch stays as it is.
///
/// Which images are left out changes with the order of each epoch.
public struct WholeBatchSampler: Sampler {
  /// What is shortened.
  public let base: any Sampler
  /// The length of an epoch, a multiple of the batch size where it is longer than that.
  public let epochLength: Int

  /// Leaves out what a sampler draws beyond whole batches.
  ///
  /// - Parameters:
  ///   - base: draws the order.
  ///   - batchSize: images per step; above 0.
  public init(_ base: any Sampler, batchSize: Int) {
    precondition(batchSize > 0, "a batch has images")
    self.base = base
    epochLength = base.epochLength >= batchSize ? base.epochLength / batchSize * batchSize : base.epochLength
  }

  /// The first part of the order.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    Array(base.indices(seed: seed, stage: stage, epoch: epoch).prefix(epochLength))
  }
}
