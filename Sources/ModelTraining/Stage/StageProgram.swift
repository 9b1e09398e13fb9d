import NeuralNetworks

/// What a step of a stage does where that is not "each update minimises its objective on a batch of its stream", and what a stage keeps
/// beside the model: a learned sampler, a bank of features, a slowly following copy.
///
/// It is no training loop: order, phases, schedules, checkpoints and measurements are the trainer's. One program serves one stage of one run.
public protocol StageProgram: AnyObject {
  /// What must survive a resume; tensors of fixed size that are changed in place.
  var state: [NamedTensor] { get }
  /// Called on the host before the first step of an epoch, and not again when a run goes on within one.
  func beginEpoch(_ epoch: Int, in stage: StageAccess) throws
  /// The device's share of a step: work of the device alone, the same whenever phase and batch sizes are the same.
  func step(in stage: StageAccess) throws
  /// Called on the host after the last step of an epoch, before a checkpoint is written.
  func endEpoch(_ epoch: Int, in stage: StageAccess) throws
  /// What the log gets at the end of each epoch, such as a learned value of each class.
  func measurements() throws -> [StageMeasurement]
}

/// Values that a stage's program writes to the log.
public struct StageMeasurement: Sendable, Equatable {
  /// The name in the log.
  public var name: String
  /// One value, or one a class.
  public var values: [Double]

  /// Names values.
  public init(_ name: String, _ values: [Double]) {
    self.name = name
    self.values = values
  }
}

extension StageProgram {
  /// Nothing.
  public var state: [NamedTensor] { [] }
  /// Does nothing.
  public func beginEpoch(_ epoch: Int, in stage: StageAccess) throws {}
  /// Does nothing.
  public func endEpoch(_ epoch: Int, in stage: StageAccess) throws {}
  /// Nothing.
  public func measurements() throws -> [StageMeasurement] { [] }
}

/// The usual program: each update, in order, minimises its objective on the next batch of its stream. Teachers see the same batch.
final class ObjectiveUpdates: StageProgram {
  func step(in stage: StageAccess) throws {
    for update in stage.updates {
      let batch = try stage.nextBatch(of: update.stream)
      let context = try stage.context(for: batch)
      let objective = try stage.objective(of: update.name)
      try stage.minimize(by: update.name, labels: batch.mainLabels) {
        let output = try stage.output(of: batch.images)
        return (try objective.terms(output, batch, at: context), output.logits)
      }
    }
  }
}
