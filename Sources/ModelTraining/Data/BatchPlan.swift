import DataLoading

/// Which images each step of a stream sees: a pure function of the step.
///
/// The last batch of an epoch may have fewer images than the others. A last batch of one image joins the batch before it, which then has
/// one image more: a single image has no batch statistics, and no image of the epoch is left out.
public struct BatchPlan: Sendable {
  /// The order of each epoch.
  public let sampler: any Sampler
  /// Images per step.
  public let batchSize: Int
  /// The run's seed.
  public let seed: UInt64
  /// The stage, from 0.
  public let stage: Int
  /// The number of the stream within the run; a part of the key of every random draw.
  public let stream: Int
  /// Steps of the stage.
  public let totalSteps: Int

  /// Steps of an epoch; the last one may have fewer images, or one more.
  public var stepsPerEpoch: Int { Self.stepsPerEpoch(imageCount: sampler.epochLength, batchSize: batchSize) }

  /// Images of the largest batch.
  public var largestBatchSize: Int {
    Self.joinsLastImage(sampler.epochLength, batchSize) ? batchSize + 1 : batchSize
  }

  /// Steps of an epoch of `imageCount` images; a last batch of one image counts with the batch before it.
  public static func stepsPerEpoch(imageCount: Int, batchSize: Int) -> Int {
    joinsLastImage(imageCount, batchSize) ? imageCount / batchSize : (imageCount + batchSize - 1) / batchSize
  }

  /// The number of images that a step sees.
  ///
  /// - Parameter position: the position of the step in its epoch, from 0.
  func imageCount(atPosition position: Int) -> Int {
    let start = position * batchSize
    let rest = sampler.epochLength - start
    return position == stepsPerEpoch - 1 ? rest : min(batchSize, rest)
  }

  /// The number of steps from a position of the epoch on that see exactly `batchSize` images.
  func wholeBatches(fromPosition position: Int) -> Int {
    let whole = sampler.epochLength / batchSize - (Self.joinsLastImage(sampler.epochLength, batchSize) ? 1 : 0)
    return whole - position
  }

  private static func joinsLastImage(_ imageCount: Int, _ batchSize: Int) -> Bool {
    batchSize > 1 && imageCount > batchSize && imageCount % batchSize == 1
  }

  /// The images of an epoch in order.
  public func order(ofEpoch epoch: Int) -> [Int32] { sampler.indices(seed: seed, stage: stage, epoch: epoch) }

  /// The batches of an epoch, from a step of the stage on, up to the stage's end.
  func batches(ofEpoch epoch: Int, from step: Int) -> [PlannedBatch] {
    let first = epoch * stepsPerEpoch
    var batches = PlannedBatch.batches(
      of: order(ofEpoch: epoch), size: batchSize, firstStep: UInt64(first), from: max(0, step - first))
    if Self.joinsLastImage(sampler.epochLength, batchSize), batches.count > 1 {
      let last = batches.removeLast()
      batches[batches.count - 1].indices += last.indices
    }
    return batches.filter { $0.step < UInt64(min(totalSteps, first + stepsPerEpoch)) }
  }
}
