import Torch
import VisionData

/// A stream while it runs: the order of the current epoch on the device, and the place in it.
///
/// Which pictures a step sees depends on the step alone, so a run can go on from any step.
final class StreamState {
  let name: String
  /// Tells the streams of all stages apart.
  let number: Int
  let batchSize: Int
  let stepsPerEpoch: Int
  private let sampler: any Sampler
  private let seed: UInt64
  private let stage: Int
  private let device: Device
  private let order: Tensor
  private let cursor: Tensor
  private var loadedEpoch = -1
  private var nextStep = -1

  init(_ stream: DataStream, number: Int, sampler: any Sampler, seed: UInt64, stage: Int, device: Device) throws {
    name = stream.name
    self.number = stage << 8 | number
    batchSize = stream.batchSize
    self.sampler = sampler
    self.seed = seed
    self.stage = stage
    self.device = device
    stepsPerEpoch = (sampler.epochLength + batchSize - 1) / batchSize
    order = try Tensor.zeros([sampler.epochLength], dtype: .int64, on: device)
    cursor = try Tensor.zeros([], dtype: .int64, on: device)
  }

  /// Makes ready for a step, and says how many pictures it has. The host writes to the device only where an epoch begins.
  func prepare(step: Int) throws -> Int {
    let epoch = step / stepsPerEpoch
    let place = step % stepsPerEpoch
    if epoch != loadedEpoch {
      let indices = sampler.indices(seed: seed, stage: stage, epoch: epoch).map(Int.init)
      try order.copy(from: Tensor(indices))
      loadedEpoch = epoch
      nextStep = -1
    }
    if nextStep != step { try cursor.fill(Double(place * batchSize)) }
    nextStep = step + 1
    return min(batchSize, sampler.epochLength - place * batchSize)
  }

  /// The indices of the next `count` pictures, `[count]`, moving the place on the device.
  func nextIndices(_ count: Int) throws -> Tensor {
    let indices = try order.entries(at: Tensor.range(0, count, on: device) + cursor)
    try cursor.add(count)
    return indices
  }
}
