import ModelTraining
import NeuralNetworks
import Objectives
import Torch

/// Trains a classifier on a class-balanced set of the features of the stage before, assembled once.
final class BreadcrumbClassifierProgram: StageProgram {
  private let trail: BreadcrumbTrail
  private let objective: any RowObjective

  init(trail: BreadcrumbTrail, objective: any RowObjective) {
    self.trail = trail
    self.objective = objective
  }

  var state: [NamedTensor] { trail.state }

  func beginEpoch(_ epoch: Int, in stage: StageContext) throws {
    if epoch == 0 { try trail.bank.assemble() }
    try trail.begin(epoch: epoch, in: stage)
  }

  func step(in stage: StageContext) throws {
    let (features, labels) = try trail.next(stage.batchSize(of: "training"))
    try stage.minimize(by: "network", labels: labels) {
      let logits = try stage.inPrecision { try stage.model.head(features) }
      return ([try objective.term(logits: logits, labels: labels)], logits)
    }
  }
}
