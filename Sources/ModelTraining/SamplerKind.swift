import VisionData

/// A sampler by name; it is built from the labels when training starts.
public enum SamplerKind: String, Sendable, Codable, CaseIterable {
  /// Every image once.
  case instanceBalanced
  /// Classes equally likely.
  case classBalanced
  /// Classes by the square root of their counts.
  case squareRoot
  /// From instance-balanced at the first epoch to class-balanced at the last.
  case progressivelyBalanced
  /// Class after class in random rounds, two images of each at a time.
  case classAware
  /// Passes over the images in which each is repeated or left out until classes are equally frequent.
  case streamResampled

  /// The sampler over some labels.
  /// - Parameters:
  ///   - labels: the class of each picture.
  ///   - classCount: the number of classes, those without pictures included.
  ///   - epochs: the length of the stage, which a progressive sampler spreads over.
  public func sampler(labels: [Int32], classCount: Int, epochs: Int) throws -> any Sampler {
    switch self {
    case .instanceBalanced: try InstanceBalanced(imageCount: labels.count)
    case .classBalanced: try ClassProbabilitySampler.classBalanced(labels: labels, classCount: classCount)
    case .squareRoot: try ClassProbabilitySampler.squareRoot(labels: labels, classCount: classCount)
    case .progressivelyBalanced:
      try ProgressivelyBalanced(labels: labels, classCount: classCount, epochs: max(1, epochs))
    case .classAware: try ClassAware(labels: labels, classCount: classCount)
    case .streamResampled: try StreamResampled(labels: labels, classCount: classCount)
    }
  }
}
