import VisionData

/// Which pictures each step of a stream sees: a pure function of the step.
public struct BatchPlan: Sendable {
  /// The order of each epoch.
  public let sampler: any Sampler
  /// Pictures per step.
  public let batchSize: Int
  /// The run's seed.
  public let seed: UInt64
  /// The stage, from 0.
  public let stage: Int
  /// The number of the stream within the run; part of the name of every random draw.
  public let stream: Int
  /// Steps that the stage has.
  public let totalSteps: Int

  /// Steps of an epoch; the last one may have fewer pictures.
  public var stepsPerEpoch: Int { (sampler.epochLength + batchSize - 1) / batchSize }

  /// The pictures of an epoch in order.
  public func order(ofEpoch epoch: Int) -> [Int32] { sampler.indices(seed: seed, stage: stage, epoch: epoch) }

  /// The batches of an epoch, from a step of the stage on, up to the stage's end.
  func batches(ofEpoch epoch: Int, from step: Int) -> [PlannedBatch] {
    let first = epoch * stepsPerEpoch
    let batches = PlannedBatch.batches(
      of: order(ofEpoch: epoch), size: batchSize, firstStep: UInt64(first), from: max(0, step - first))
    return batches.filter { $0.step < UInt64(totalSteps) }
  }
}
