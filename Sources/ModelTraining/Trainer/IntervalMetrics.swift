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
  /// The accuracy on the augmented training images.
  public var trainingAccuracy: Double
  /// The learning rate of the last step.
  public var learningRate: Double
  /// Images per second of training, without evaluation.
  public var imagesPerSecond: Double
  /// The share of that time that was spent waiting for images.
  public var waitingShare: Double
  /// What the stage's program measures at the end of an epoch.
  public var measurements: [StageMeasurement] = []
  /// The learned parameters of adaptive activations and gates, in the order of the network; at ends of epochs.
  public var curves: [LearnedCurve] = []
}
