import DataLoading
import ModelTraining
import NeuralNetworks
import Objectives
import Torch

/// Trains a classifier over frozen features on batches whose class sampling rates are learned.
///
/// A step samples a batch by the current rates, makes an inner step of the classifier, computes the meta loss of the
/// stepped classifier on a class-balanced batch, updates the rates by its gradient, and then trains the classifier on
/// the sampled batch.
///
/// - Source: Balanced Meta-Softmax, NeurIPS 2020, algorithm 1.
final class MetaSamplerProgram: StageProgram {
  private let sampler: MetaSampler
  private let parameters: ClassParameters
  private let metaStep: ClassifierMetaStep

  init(
    _ stage: StageContext, objective: any RowObjective, optimizer: OptimizerSettings, settings: MetaSettings
  ) throws {
    sampler = try MetaSampler(
      labels: stage.labels.integers().map(Int32.init), classCount: stage.classes.classCount, power: settings.power,
      drawing: settings.samplerDrawing, on: stage.device)
    parameters = try ClassParameters(sampler.parameters, settings: settings, on: stage.device)
    metaStep = try ClassifierMetaStep(stage, objective: objective, optimizer: optimizer, settings: settings)
    if sampler.drawing == .byClass, settings.drawing == .automatic {
      stage.notify(
        "more than \(MetaSampler.largestExactCount) images: a class is sampled before its image, and rates follow "
          + "gradients over classes"
      )
    }
  }

  var state: [NamedTensor] { parameters.state }

  func step(in stage: StageContext) throws {
    let draw = try sampler.draw(
      stage.batchSize(of: ClassifierMetaStep.trainingStream), seed: stage.seed, step: stage.step)
    let batch = try stage.batch(at: draw.indices, like: ClassifierMetaStep.trainingStream)
    let drawn = try metaStep.samples(of: batch, in: stage)
    let meta = try metaStep.samples(of: stage.nextBatch(of: ClassifierMetaStep.metaStream), in: stage)
    let result = try metaStep(drawn: drawn, meta: meta, in: stage)
    try parameters.follow(sampler.gradient(of: draw, drawGradients: result.drawGradients))
    try metaStep.train(on: drawn, metaLoss: result.metaLoss, in: stage)
  }

  func measurements() throws -> [StageMeasurement] {
    [
      StageMeasurement("classProbabilities", try sampler.classProbabilities().doubles()), try parameters.measurement(),
    ]
  }
}
