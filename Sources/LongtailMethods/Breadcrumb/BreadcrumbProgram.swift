import ModelTraining
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// Trains features with a first classifier, and beside it a second classifier on class-balanced features of earlier
/// epochs.
///
/// Until the bank holds enough epochs, the second classifier is trained on class-balanced images, whose features get no
/// gradient, or not at all. The class-balanced set is assembled at the start of each epoch.
///
/// - Source: Breadcrumbs, ECCV 2022, and its published code.
final class BreadcrumbProgram: StageProgram {
  private let trail: BreadcrumbTrail
  private let head: any Layer
  private let objective: any RowObjective
  private let waits: Bool
  /// Whether stored features are used in this epoch; nil until it is computed, as after a resume within an epoch.
  private var usesBank: Bool?

  init(_ stage: StageContext, trail: BreadcrumbTrail, objective: any RowObjective, waits: Bool) {
    self.trail = trail
    self.objective = objective
    self.waits = waits
    head = stage.model.heads[1]
    trail.tellMemory(in: stage)
    let depth = trail.bank.plan.depths.max() ?? 0
    if stage.totalSteps <= depth * stage.stepsPerEpoch {
      stage.notify(
        "the stage is not longer than the \(depth) epochs from which the rarest class takes its features, so features of "
          + "earlier epochs are never used; train longer, or set depth to atMost"
      )
    }
  }

  var state: [NamedTensor] { trail.state }

  func beginEpoch(_ epoch: Int, in stage: StageContext) throws {
    let isReady = try trail.bank.isReady()
    usesBank = isReady
    guard isReady else { return }
    try trail.bank.assemble()
    try trail.begin(epoch: epoch, in: stage)
  }

  func step(in stage: StageContext) throws {
    let usesBank = try usesBank ?? trail.bank.isReady()
    self.usesBank = usesBank
    if usesBank {
      try trainClassifier(on: trail.next(stage.batchSize(of: "training")), in: stage)
    } else if !waits {
      try trainClassifier(on: images(in: stage), in: stage)
    }
    try trail.trainFeatures(in: stage)
  }

  func endEpoch(_ epoch: Int, in stage: StageContext) throws { try trail.bank.finishEpoch() }

  func measurements() throws -> [StageMeasurement] { [try trail.measurement()] }

  /// Features of class-balanced images, by the network in training mode.
  private func images(in stage: StageContext) throws -> (features: Tensor, labels: Tensor) {
    let batch = try stage.nextBatch(of: "balanced")
    let features = try withoutGradients { try stage.inPrecision { try stage.model.backbone(batch.images) } }
    return (features, batch.labels)
  }

  private func trainClassifier(on samples: (features: Tensor, labels: Tensor), in stage: StageContext) throws {
    try stage.minimize(by: "classifier", labels: samples.labels) {
      let logits = try stage.inPrecision { try head(samples.features) }
      return ([try objective.term(logits: logits, labels: samples.labels)], logits)
    }
  }
}
