import ModelTraining
import NeuralNetworks
import Objectives
import Torch

/// Trains a classifier over frozen features with learned class weights; sampling is instance-balanced.
///
/// A step makes a weighted inner step of the classifier, computes the meta loss of the stepped classifier on a
/// class-balanced batch, updates the weights by its gradient, and then trains the classifier with the updated weights.
///
/// - Source: the Meta Reweighter of Balanced Meta-Softmax, NeurIPS 2020, whose published code weights the boxes of a
///   detector; here images.
final class MetaReweighterProgram: StageProgram {
  private let reweighter: MetaReweighter
  private let parameters: ClassParameters
  private let metaStep: ClassifierMetaStep

  init(
    _ stage: StageContext, objective: any RowObjective, optimizer: OptimizerSettings, settings: MetaSettings
  ) throws {
    reweighter = try MetaReweighter(classes: stage.classes.classCount, on: stage.device)
    parameters = try ClassParameters(reweighter.parameters, settings: settings, on: stage.device)
    metaStep = try ClassifierMetaStep(stage, objective: objective, optimizer: optimizer, settings: settings)
  }

  var state: [NamedTensor] { parameters.state }

  func step(in stage: StageContext) throws {
    let drawn = try metaStep.samples(of: stage.nextBatch(of: ClassifierMetaStep.trainingStream), in: stage)
    let meta = try metaStep.samples(of: stage.nextBatch(of: ClassifierMetaStep.metaStream), in: stage)
    let weights = try withoutGradients { try reweighter.weights(labels: drawn.labels) }
    let result = try metaStep(drawn: drawn, meta: meta, weights: weights, in: stage)
    try parameters.follow(gradient(drawn.labels, drawGradients: result.drawGradients))
    let moved = try withoutGradients { try reweighter.weights(labels: drawn.labels) }
    try metaStep.train(on: drawn, metaLoss: result.metaLoss, weights: moved, in: stage)
  }

  /// The gradient by the learned parameters, from that by the samples' weights.
  private func gradient(_ labels: Tensor, drawGradients: Tensor) throws -> Tensor {
    try withGradients(true) {
      let sum = try (reweighter.weights(labels: labels) * drawGradients).sum()
      return try gradients(of: [sum], withRespectTo: [reweighter.scores])[0] ?? reweighter.scores.zerosLike()
    }
  }

  func measurements() throws -> [StageMeasurement] {
    let weights = try withoutGradients { try reweighter.scores.detached().sigmoid().doubles() }
    return [StageMeasurement("classWeights", weights), try parameters.measurement()]
  }
}
