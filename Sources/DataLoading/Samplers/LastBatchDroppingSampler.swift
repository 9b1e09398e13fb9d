/// The epochs of another sampler without an incomplete last batch (PyTorch's `drop_last`). An epoch with fewer images than a
/// batch stays as it is.
///
/// Which images are left out changes with the order of each epoch.
public struct LastBatchDroppingSampler: Sampler {
  /// The sampler whose epochs are shortened.
  public let base: any Sampler
  /// The length of an epoch, a multiple of the batch size where it is longer than that.
  public let epochLength: Int

  /// Drops the incomplete last batch of a sampler.
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
