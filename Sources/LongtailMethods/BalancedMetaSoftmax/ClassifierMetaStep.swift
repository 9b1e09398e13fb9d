import DataLoading
import ModelTraining
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// What the meta sampler and the meta reweighter have in common: features of the frozen network, computed once per
/// batch, the inner step of the classifier with the meta loss behind it, and the classifier's own step.
struct ClassifierMetaStep {
  /// The update that trains the classifier.
  static let update = "network"
  /// The stream of class-balanced batches.
  static let metaStream = "meta"
  /// The stream of the classifier's batches.
  static let trainingStream = "training"
  private let head: any FunctionalLayer
  private let velocities: [Tensor]?
  private let objective: any RowObjective
  private let optimizer: OptimizerSettings
  private let isClosedForm: Bool

  /// - Throws: `ObjectiveError.setting` for a head that does not allow the inner step of the settings.
  init(
    _ stage: StageContext, objective: any RowObjective, optimizer: OptimizerSettings, settings: MetaSettings
  ) throws {
    guard stage.model.heads.count == 1, let head = stage.model.head as? any FunctionalLayer else {
      throw ObjectiveError.setting(
        name: "model", value: stage.model.headNames.joined(separator: ", "),
        expected: "one head that the inner step can be differentiated through: linear, cosine or scaledLinear")
    }
    guard head is Linear || settings.innerStep != .closedForm else {
      throw ObjectiveError.setting(
        name: "meta.innerStep", value: settings.innerStep.rawValue,
        expected: "automatic or differentiated, because the head is not linear")
    }
    self.head = head
    self.objective = objective
    self.optimizer = optimizer
    isClosedForm = head is Linear && settings.innerStep != .differentiated
    velocities = settings.usesVelocities ? try Self.velocities(of: head, in: stage) : nil
  }

  /// The optimiser's momentum buffers, in the order of the head's parameters.
  private static func velocities(of head: any FunctionalLayer, in stage: StageContext) throws -> [Tensor] {
    let state = try stage.optimizer(of: update).state
    return try head.parameters.map { parameter in
      let name = "momentum.\(stage.model.headNames[0]).\(parameter.name)"
      guard let found = state.first(where: { $0.name == name }) else {
        throw RecipeError.incomplete(stage: "\(stage.index)", missing: "the optimiser's state '\(name)'")
      }
      return found.tensor
    }
  }

  /// The features of a batch, in the precision of losses and without gradients.
  func samples(of batch: Batch, in stage: StageContext) throws -> MetaStep.Samples {
    try withoutGradients {
      let features = try stage.inPrecision { try stage.model.backbone(batch.images) }
      return MetaStep.Samples(features: try features.to(.float32), labels: batch.labels)
    }
  }

  /// The inner step, and the meta loss of the stepped classifier.
  /// - Parameters:
  ///   - drawn: the classifier's batch.
  ///   - meta: the class-balanced meta batch.
  ///   - weights: the loss weights of the classifier's batch; 1 if nil.
  func callAsFunction(
    drawn: MetaStep.Samples, meta: MetaStep.Samples, weights: Tensor? = nil, in stage: StageContext
  ) throws -> MetaStep.Result {
    let step = VirtualSGDStep(
      learningRate: try stage.learningRate(of: Self.update), momentum: optimizer.momentum,
      weightDecay: optimizer.weightDecay)
    let metaStep = MetaStep(objective, step: step)
    guard isClosedForm else {
      return try metaStep.differentiating(
        head, velocities: velocities, drawn: drawn, meta: meta, weights: weights)
    }
    let parameters = head.parameters.map(\.tensor)
    return try metaStep.linear(
      weight: parameters[0], bias: parameters.count > 1 ? parameters[1] : nil, velocities: velocities, drawn: drawn,
      meta: meta, weights: weights)
  }

  /// The classifier's own step on the same features.
  /// - Parameters:
  ///   - samples: the classifier's batch.
  ///   - metaLoss: the meta loss, for the log.
  ///   - weights: the loss weights of the samples; 1 if nil.
  func train(
    on samples: MetaStep.Samples, metaLoss: Tensor, weights: Tensor? = nil, in stage: StageContext
  ) throws {
    try stage.minimize(by: Self.update, labels: samples.labels) {
      let logits = try head(samples.features)
      let rows = try objective.rows(objective.adjusted(logits, labels: samples.labels), labels: samples.labels)
      let loss = LossTerm(
        objective.name, sum: try (weights.map { try rows * $0.detached() } ?? rows).sum(),
        denominator: .count(samples.labels.elementCount))
      // Weighted by 0: it is logged, not minimised here.
      return ([loss, LossTerm("meta", sum: metaLoss, denominator: .count(1), weight: 0)], logits)
    }
  }
}
