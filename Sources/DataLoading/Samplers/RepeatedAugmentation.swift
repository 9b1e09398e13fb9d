/// Every image several times in a row, so that a batch holds differently augmented copies of it. The length of an epoch stays; it has
/// fewer different images.
///
/// Dealing a batch out to ranks one by one, as published code does, gives each rank different copies; the batches are the same.
///
/// - Source: Augment Your Batch, CVPR 2020, as in the published code of DeiT.
public struct RepeatedAugmentation: Sampler {
  /// The sampler whose images are repeated.
  public let base: any Sampler
  /// The copies of each image.
  public let repetitions: Int
  /// The length of an epoch, a multiple of 256 where it is longer than that.
  public let epochLength: Int

  /// Repeats the images of a sampler.
  ///
  /// - Parameters:
  ///   - base: draws the order.
  ///   - repetitions: copies of each image; above 0.
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
