/// How much work a stage is, known before it begins.
struct StageExtent: Equatable {
  /// Steps of an epoch.
  let stepsPerEpoch: Int
  /// Steps of the stage.
  let totalSteps: Int
  /// Training images that a step takes, over all streams and views.
  let imagesPerStep: Double

  /// Training images that the stage takes.
  var images: Double { Double(totalSteps) * imagesPerStep }

  init(_ stage: Stage, index: Int, data: TrainingData, seed: UInt64) throws {
    let plans = try stage.batchPlans(index: index, data: data, seed: seed)
    stepsPerEpoch = plans[0].stepsPerEpoch
    totalSteps = stage.length.steps(stepsPerEpoch: stepsPerEpoch)
    imagesPerStep = stage.streams.reduce(0) { $0 + Double($1.batchSize) * Double(1 + $1.furtherViews.count) }
  }
}
