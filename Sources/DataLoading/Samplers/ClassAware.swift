import Datasets
import Torch

/// Class-aware sampling: all classes in a random order, of each drawn class some images; classes, and the images of a class, are
/// reshuffled when all have been used.
///
/// Unlike with independent draws, the numbers of draws of any two classes differ by at most one, and no image is repeated before all others
/// of its class have been drawn. Where a class has fewer images than `imagesPerClass`, they repeat.
/// - Source: Relay Backpropagation for Effective Learning of Deep Convolutional Neural Networks, ECCV 2016, section 3.3; the published code of
///   OLTR, Balanced Meta-Softmax (one image at a time) and Breadcrumb (four).
public struct ClassAware: Sampler {
  /// Images taken from each drawn class.
  public let imagesPerClass: Int
  /// Number of draws in an epoch; by default the number of images.
  public let epochLength: Int
  private let members: ClassMembers

  /// A sampler over labelled images.
  ///
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: number of classes; those without images are skipped.
  ///   - imagesPerClass: images taken from each drawn class.
  ///   - epochLength: draws in an epoch, or `nil` for the number of images.
  /// - Throws: `LabelError` for no labels or one out of range, `ClassDistributionError` for a number that is not above 0.
  public init(labels: [Int32], classCount: Int, imagesPerClass: Int = 1, epochLength: Int? = nil) throws {
    members = try ClassMembers(labels: labels, classCount: classCount)
    guard members.imageCount > 0 else { throw LabelError.noLabels }
    self.imagesPerClass = imagesPerClass
    self.epochLength = epochLength ?? labels.count
    for (name, value) in [("imagesPerClass", imagesPerClass), ("epochLength", self.epochLength)] where value < 1 {
      throw ClassDistributionError.parameter(name, expected: "1 or more", got: Double(value))
    }
  }

  /// The image indices of an epoch.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .sampling), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage), 3)
    let counts = members.counts
    var classes = ShuffledCycle(counts.indices.filter { counts[$0] > 0 })
    var images = counts.indices.map { ShuffledCycle(Array(members[$0])) }
    var result: [Int32] = []
    result.reserveCapacity(epochLength)
    while result.count < epochLength {
      let label = classes.next(&stream)
      for _ in 0..<min(imagesPerClass, epochLength - result.count) { result.append(images[label].next(&stream)) }
    }
    return result
  }
}
