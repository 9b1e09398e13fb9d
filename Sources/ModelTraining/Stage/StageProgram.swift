import NeuralNetworks

/// What a step of a stage does where that is not "each update minimises its objective on a batch of its stream", and what a stage keeps
/// besides the model: a learned sampler, a feature bank, a momentum copy.
///
/// It is no training loop: order, phases, schedules, checkpoints and evaluation are the trainer's. A program serves one stage of one run.
public protocol StageProgram: AnyObject {
  /// What must survive a resume; tensors of fixed size that are changed in place.
  var state: [NamedTensor] { get }
  /// Called on the host before the first step of an epoch, and not again when a run is resumed within one.
  func beginEpoch(_ epoch: Int, in stage: StageContext) throws
  /// The device's share of a step: it reads nothing on the host, and is the same whenever phase and batch sizes are the same, so that it can be
  /// captured.
  func step(in stage: StageContext) throws
  /// Called on the host after the last step of an epoch, before a checkpoint is written.
  func endEpoch(_ epoch: Int, in stage: StageContext) throws
  /// What is logged at the end of each epoch, such as a learned value per class.
  func measurements() throws -> [StageMeasurement]
}

extension StageProgram {
  /// Nothing.
  public var state: [NamedTensor] { [] }
  /// Does nothing.
  public func beginEpoch(_ epoch: Int, in stage: StageContext) throws {}
  /// Does nothing.
  public func endEpoch(_ epoch: Int, in stage: StageContext) throws {}
  /// Nothing.
  public func measurements() throws -> [StageMeasurement] { [] }
}
