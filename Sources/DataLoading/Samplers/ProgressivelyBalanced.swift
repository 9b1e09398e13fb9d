import Datasets
import Torch

/// Interpolates from instance-balanced to class-balanced sampling over the epochs: in epoch `t` of `T` (from 0) a class is drawn
/// with `(1 - t / T)` times its instance probability plus `t / T` times its class-balanced one, with replacement.
///
/// Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 3.
public struct ProgressivelyBalanced: Sampler {
  /// Epochs over which the draws become balanced.
  public let epochs: Int
  /// Number of draws in an epoch; by default the number of images.
  public let epochLength: Int

  private let members: ClassMembers
  private let counts: [Int]

  /// A sampler over labelled images.
  ///
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: number of classes.
  ///   - epochs: epochs of the stage; later epochs stay class-balanced.
  ///   - epochLength: draws in an epoch, or `nil` for the number of images.
  /// - Throws: `LabelError` for no labels or one out of range, `ClassDistributionError` when a length is not
  ///   above 0.
  public init(labels: [Int32], classCount: Int, epochs: Int, epochLength: Int? = nil) throws {
    members = try ClassMembers(labels: labels, classCount: classCount)
    guard members.imageCount > 0 else { throw LabelError.noLabels }
    let length = epochLength ?? members.imageCount
    for (name, value) in [("epochs", epochs), ("epochLength", length)] where value <= 0 {
      throw ClassDistributionError.parameter(name, expected: "1 or more", got: Double(value))
    }
    (self.epochs, self.epochLength, counts) = (epochs, length, members.counts)
  }

  /// Class probabilities of an epoch.
  public func probabilities(epoch: Int) -> [Double] {
    let progress = Double(min(max(epoch, 0), epochs)) / Double(epochs)
    return mixedProbabilities(counts: counts, progress: progress)
  }

  /// Independent draws with the probabilities of the epoch.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    ClassDraws(members: members, probabilities: probabilities(epoch: epoch))
      .indices(count: epochLength, seed: seed, stage: stage, epoch: epoch)
  }
}
