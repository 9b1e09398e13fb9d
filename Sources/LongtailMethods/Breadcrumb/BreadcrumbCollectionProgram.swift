import ModelTraining
import NeuralNetworks

/// Trains a network as usual and stores the features of its last epochs for the next stage.
final class BreadcrumbCollectionProgram: StageProgram {
  /// The features.
  let trail: BreadcrumbTrail

  init(_ stage: StageContext, trail: BreadcrumbTrail) {
    self.trail = trail
    trail.tellMemory(in: stage)
  }

  var state: [NamedTensor] { trail.state }

  func step(in stage: StageContext) throws { try trail.trainFeatures(in: stage) }

  func endEpoch(_ epoch: Int, in stage: StageContext) throws { try trail.bank.finishEpoch() }

  func measurements() throws -> [StageMeasurement] { [try trail.measurement()] }
}
