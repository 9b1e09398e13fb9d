import DataLoading

extension Stage {
  /// Which images each step of each stream sees, in the order of the stage's streams.
  func batchPlans(index: Int, data: TrainingData, seed: UInt64) throws -> [BatchPlan] {
    let greatest = StageContext.maximumStepCount
    var firstEpochSteps: Int?
    return try streams.enumerated().map { number, stream in
      // A progressive sampler spreads over the whole stage, also when that is counted in steps.
      let stepsPerEpoch = max(
        1, BatchPlan.stepsPerEpoch(imageCount: data.training.count, batchSize: stream.batchSize))
      let steps = min(length.steps(stepsPerEpoch: stepsPerEpoch), greatest)
      let epochs = (steps + stepsPerEpoch - 1) / stepsPerEpoch
      let plain = try stream.sampler.sampler(
        labels: data.training.hostLabels, classCount: data.classes.classCount, epochs: epochs,
        imagesPerClass: stream.imagesPerClass)
      let repeated: any Sampler =
        stream.repetitions > 1 ? RepeatedAugmentation(plain, repetitions: stream.repetitions) : plain
      let sampler: any Sampler =
        stream.dropsLastBatch ? LastBatchDroppingSampler(repeated, batchSize: stream.batchSize) : repeated
      let epochSteps = BatchPlan.stepsPerEpoch(imageCount: sampler.epochLength, batchSize: stream.batchSize)
      // The first stream defines the epochs of the stage; the other streams end with it.
      firstEpochSteps = firstEpochSteps ?? epochSteps
      return BatchPlan(
        sampler: sampler, batchSize: stream.batchSize, seed: seed, stage: index,
        stream: ImageStream.number(stage: index, stream: number),
        totalSteps: min(length.steps(stepsPerEpoch: firstEpochSteps ?? epochSteps), greatest))
    }
  }
}
