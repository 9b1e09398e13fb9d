import Datasets
import Torch

/// Draws a class with probability proportional to a power of its count, then one of its images, with replacement.
///
/// Exponent 1 draws every image equally often, 0.5 is square-root sampling, 0 draws every class equally often. A class
/// without images is never drawn.
///
/// Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 3.
public struct ClassProbabilitySampler: Sampler {
  /// Power on the class counts.
  public let exponent: Double
  /// Number of draws in an epoch; by default the number of images.
  public let epochLength: Int

  private let draws: ClassDraws

  /// A sampler over labelled images.
  ///
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: number of classes.
  ///   - exponent: power on the class counts; finite.
  ///   - epochLength: draws in an epoch, or `nil` for the number of images.
  /// - Throws: `LabelError` for no labels or one out of range, `ClassDistributionError` for an unusable exponent or
  ///   length.
  public init(labels: [Int32], classCount: Int, exponent: Double, epochLength: Int? = nil) throws {
    let members = try ClassMembers(labels: labels, classCount: classCount)
    guard members.imageCount > 0 else { throw LabelError.noLabels }
    let probabilities = try classProbabilities(counts: members.counts, exponent: exponent)
    try self.init(members: members, exponent: exponent, probabilities: probabilities, epochLength: epochLength)
  }

  private init(members: ClassMembers, exponent: Double, probabilities: [Double], epochLength: Int?) throws {
    let length = epochLength ?? members.imageCount
    guard length > 0 else {
      throw ClassDistributionError.parameter("epochLength", expected: "1 or more", got: Double(length))
    }
    self.exponent = exponent
    self.epochLength = length
    draws = ClassDraws(members: members, probabilities: probabilities)
  }

  /// Independent draws with replacement.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    draws.indices(count: epochLength, seed: seed, stage: stage, epoch: epoch)
  }
}
