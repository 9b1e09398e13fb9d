/// Every image several times in a row, so that a batch holds differently changed copies of it. An epoch keeps its length, and shows
/// as much fewer images.
///
/// Dealing a batch out to ranks one by one, as published code does, gives each rank different copies; the batches are the same.
///
/// - Source: Augment Your Batch, CVPR 2020, as in the published code of DeiT.
public struct RepeatedAugmentation: Sampler {
  /// What is repeated.
  public let base: any Sampler
  /// How often.
  public let repetitions: Int
  /// The length of an epoch, a multiple of 256 where it is longer than that.
  public let epochLength: Int

  /// Repeats what a sampler draws.
  ///
  /// - Parameters:
  ///   - base: draws the order.
  ///   - repetitions: how often each image comes; above 0.
  ///   - multiple: an epoch's length is rounded down to a multiple of it, unless it is shorter.
  public init(_ base: any Sampler, repetitions: Int, roundedTo multiple: Int = 256) {
    precondition(repetitions > 0 && multiple > 0, "images come at least once")
    self.base = base
    self.repetitions = repetitions
    epochLength = base.epochLength >= multiple ? base.epochLength / multiple * multiple : base.epochLength
  }

  /// The first part of the order, each index repeated.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    let order = base.indices(seed: seed, stage: stage, epoch: epoch)
    return (0..<epochLength).map { order[$0 / repetitions] }
  }
}
