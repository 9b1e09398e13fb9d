import ModelEvaluation

/// Something that happened while training, for progress displays and records. Handling it must not change the run.
public enum TrainingEvent: Sendable {
  /// A stage begins or is resumed.
  case stageBegan(StageProgress)
  /// Losses of the last interval.
  case interval(StageProgress, IntervalMetrics)
  /// The test set was measured.
  case evaluated(StageProgress, Evaluation)
  /// A checkpoint is safely on disk.
  case saved(StageProgress, path: String)
  /// A stage ended.
  case stageEnded(StageProgress)
}

/// Where a run is.
public struct StageProgress: Sendable, Equatable {
  /// The number of the stage, from 0.
  public var stageIndex: Int
  /// The number of stages.
  public var stageCount: Int
  /// The stage's name.
  public var stage: String
  /// Steps of the stage that are done.
  public var step: Int
  /// Steps that the stage has.
  public var totalSteps: Int
  /// Steps of an epoch.
  public var stepsPerEpoch: Int
  /// Epochs that the stage has.
  public var epochCount: Int

  /// Steps that are done since the run began, over all stages.
  public var runStep: Int

  /// The training images that a step takes, over all streams and views: what steps of different stages are weighed by.
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

/// Means over the images of an interval.
public struct IntervalMetrics: Sendable, Equatable {
  /// A loss term and its mean.
  public struct Term: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The mean over the interval.
    public var value: Double
  }

  /// The whole loss: the weighted sum of the terms.
  public var loss: Double
  /// The terms without their weights, in the objective's order.
  public var losses: [Term]
  /// The share of right predictions on training images, with augmentation.
  public var trainingAccuracy: Double
  /// The learning rate of the last step.
  public var learningRate: Double
  /// Images per second of training, without evaluation.
  public var imagesPerSecond: Double
  /// The share of that time in which the training waited for images to be read.
  public var waitingShare: Double
  /// What the stage's program says at the end of an epoch.
  public var measurements: [StageMeasurement] = []
  /// What adaptive activations and gates have learned, in the order of the network; at ends of epochs.
  public var curves: [LearnedCurve] = []
}

/// Watches a run.
public protocol TrainingObserver: AnyObject {
  /// Called on the training thread, between steps.
  /// - Throws: to end the run, for example because a record cannot be written.
  func observe(_ event: TrainingEvent) throws
}
