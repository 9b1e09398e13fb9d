import Datasets
import Torch

/// The images of a run and their classes.
public struct TrainingData: @unchecked Sendable {
  /// The training set.
  public var training: any TrainingImages
  /// The test set; nil to evaluate nothing.
  public var test: (any TrainingImages)?
  /// The validation set, held out of the training images; nil for none.
  public var validation: (any TrainingImages)?
  /// The names of the test images in predictions: paths, or records of a file.
  public var testNames: [String]
  /// Training counts and names, in the order of the class indices.
  public var classes: ClassDistribution
  /// Images that cannot be decoded and were left out, by split; empty where such images are refused.
  public var unreadable: [UnreadableImages] = []
  /// A digest of the content, which checkpoints hold.
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
