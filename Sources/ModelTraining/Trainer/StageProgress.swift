/// How far a run has come.
public struct StageProgress: Sendable, Equatable {
  /// The number of the stage, from 0.
  public var stageIndex: Int
  /// The number of stages.
  public var stageCount: Int
  /// The stage's name.
  public var stage: String
  /// Steps of the stage that are done.
  public var step: Int
  /// Steps of the stage.
  public var totalSteps: Int
  /// Steps of an epoch.
  public var stepsPerEpoch: Int
  /// Epochs of the stage.
  public var epochCount: Int

  /// Steps that are done since the run began, over all stages.
  public var runStep: Int

  /// The training images per step, over all streams and views, by which steps of different stages are compared.
  public var imagesPerStep: Double
  /// The training images that all later stages take together.
  public var imagesOfLaterStages: Double

  /// Epochs that are done; a last one that the stage's end cuts short counts.
  public var epoch: Int { step >= totalSteps ? epochCount : step / max(1, stepsPerEpoch) }
  /// The epoch of the last step that is done, from 1, as people read it; 0 in a stage without steps.
  public var epochNumber: Int { min(epochCount, step == 0 ? 1 : (step - 1) / max(1, stepsPerEpoch) + 1) }
  /// What is left of the run, in steps of this stage: those of later stages count by the images they take.
  public var remainingSteps: Double {
    Double(totalSteps - step) + (imagesPerStep > 0 ? imagesOfLaterStages / imagesPerStep : 0)
  }
}
