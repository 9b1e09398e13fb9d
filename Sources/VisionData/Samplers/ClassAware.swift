import Torch

/// Class after class: each round goes through all classes in a fresh order and takes the next images of each class's own shuffled cycle, so
/// that classes are equally frequent and an image comes again only when all others of its class have come.
///
/// - Source: Relay Backpropagation for Effective Learning of Deep Convolutional Neural Networks, ECCV 2016, section 4.
public struct ClassAware: Sampler {
  /// Number of draws in an epoch; by default the number of images.
  public let epochLength: Int
  /// Images of a class that come together.
  public let imagesPerVisit: Int

  private let members: ClassMembers

  /// A sampler over labelled images.
  ///
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: number of classes; those without images are left out.
  ///   - imagesPerVisit: images of a class that come together.
  ///   - epochLength: draws in an epoch, or `nil` for the number of images.
  /// - Throws: ``LabelError`` for no labels or one out of range, ``ClassDistributionError`` when a number is not above 0.
  public init(labels: [Int32], classCount: Int, imagesPerVisit: Int = 2, epochLength: Int? = nil) throws {
    members = try ClassMembers(labels: labels, classCount: classCount)
    guard members.imageCount > 0 else { throw LabelError.noLabels }
    let length = epochLength ?? members.imageCount
    for (name, value) in [("imagesPerVisit", imagesPerVisit), ("epochLength", length)] where value <= 0 {
      throw ClassDistributionError.parameter(name, expected: "1 or more", got: Double(value))
    }
    (self.imagesPerVisit, self.epochLength) = (imagesPerVisit, length)
  }

  /// The order of an epoch; every epoch begins new cycles.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .sampling), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage), 2)
    let counts = members.counts
    var round = counts.indices.filter { counts[$0] > 0 }
    var cycles = [[Int32]](repeating: [], count: counts.count)
    var result: [Int32] = []
    result.reserveCapacity(epochLength)
    while true {
      stream.shuffle(&round)
      for label in round {
        for _ in 0..<imagesPerVisit {
          if cycles[label].isEmpty {
            cycles[label] = Array(members[label])
            stream.shuffle(&cycles[label])
          }
          result.append(cycles[label].removeLast())
          if result.count == epochLength { return result }
        }
      }
    }
  }
}
