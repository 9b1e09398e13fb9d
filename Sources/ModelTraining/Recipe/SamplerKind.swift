import DataLoading

/// A sampler by name; it is built from the labels when training starts.
public enum SamplerKind: String, Sendable, Codable, CaseIterable {
  /// Every image once.
  case instanceBalanced
  /// Classes equally likely.
  case classBalanced
  /// Classes in turn, and of each class its images in turn: one, or as many as the stream says.
  case classAware
  /// Classes by the square root of their counts.
  case squareRoot
  /// From instance-balanced in the first epoch to class-balanced in the last.
  case progressivelyBalanced
  /// Passes over the images in which each is repeated or left out until classes are equally frequent.
  case streamResampled

  /// The sampler over some labels.
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: the number of classes, those without images included.
  ///   - epochs: the length of the stage, which a progressive sampler spreads over.
  ///   - imagesPerClass: images that a class gives each time, where classes come in turn.
  public func sampler(
    labels: [Int32], classCount: Int, epochs: Int, imagesPerClass: Int = 1
  ) throws -> any Sampler {
    switch self {
    case .instanceBalanced: try InstanceBalanced(imageCount: labels.count)
    case .classBalanced: try ClassProbabilitySampler.classBalanced(labels: labels, classCount: classCount)
    case .classAware: try ClassAware(labels: labels, classCount: classCount, imagesPerClass: imagesPerClass)
    case .squareRoot: try ClassProbabilitySampler.squareRoot(labels: labels, classCount: classCount)
    case .progressivelyBalanced:
      try ProgressivelyBalanced(labels: labels, classCount: classCount, epochs: max(1, epochs))
    case .streamResampled: try StreamResampled(labels: labels, classCount: classCount)
    }
  }
}
