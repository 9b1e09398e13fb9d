import Datasets
import Torch

/// The images of a run on its device, and what is known of their classes.
public struct TrainingData: @unchecked Sendable {
  /// What is learned from.
  public var training: any TrainingImages
  /// What is measured on; nil to measure nothing.
  public var test: (any TrainingImages)?
  /// Training images that are set aside for choices after training; nil for none.
  public var validation: (any TrainingImages)?
  /// What the test images are called in predictions: paths, or records of a file.
  public var testNames: [String]
  /// Training counts and names, in the order of the class indices.
  public var classes: ClassDistribution
  /// Images that cannot be decoded and were left out, by split; empty where such images are refused.
  public var unreadable: [UnreadableImages] = []
  /// A digest of the content, recorded with the run.
  public var digest: String

  /// Makes the data of a run.
  public init(
    training: any TrainingImages, test: (any TrainingImages)?, testNames: [String] = [], classes: ClassDistribution,
    digest: String
  ) {
    self.training = training
    self.test = test
    self.testNames = testNames
    self.classes = classes
    self.digest = digest
  }
}
