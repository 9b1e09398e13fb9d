import Datasets
import Torch

/// A class-balanced stream: passes over the images in a new random order, each image repeated or left out by ``StreamResampling``, and the copies
/// shuffled by a buffer as streaming readers do.
///
/// An epoch is the first `epochLength` images of as many passes as needed; copies of a rare image are close to each other, unlike with
/// independent draws.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021, published code.
public struct StreamResampled: Sampler {
  /// Number of images of an epoch; by default the number of images of the set.
  public let epochLength: Int
  /// The size of the shuffle buffer.
  public let bufferSize: Int
  /// The number of copies of each image, by class.
  public let rule: StreamResampling

  private let labels: [Int32]

  /// A sampler over labelled images.
  ///
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: number of classes.
  ///   - bufferSize: the size of the shuffle buffer; 1 keeps the order.
  ///   - epochLength: images in an epoch, or `nil` for the number of images.
  /// - Throws: `LabelError` for no labels or one out of range, `ClassDistributionError` when a length is not above 0.
  public init(labels: [Int32], classCount: Int, bufferSize: Int = 1000, epochLength: Int? = nil) throws {
    guard !labels.isEmpty else { throw LabelError.noLabels }
    rule = try StreamResampling(counts: countLabels(labels, classCount: classCount))
    let length = epochLength ?? labels.count
    for (name, value) in [("bufferSize", bufferSize), ("epochLength", length)] where value <= 0 {
      throw ClassDistributionError.parameter(name, expected: "1 or more", got: Double(value))
    }
    (self.labels, self.bufferSize, self.epochLength) = (labels, bufferSize, length)
  }

  /// The order of an epoch, a pure function of seed, stage and epoch.
  public func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .sampling), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage), 1)
    var result: [Int32] = []
    var buffer: [Int32] = []
    result.reserveCapacity(epochLength)
    while result.count < epochLength {
      for image in pass(&stream) {
        buffer.append(image)
        guard buffer.count >= bufferSize else { continue }
        result.append(take(from: &buffer, &stream))
        if result.count == epochLength { return result }
      }
      // A set smaller than the buffer does not fill it with further passes.
      while labels.count < bufferSize, !buffer.isEmpty, result.count < epochLength {
        result.append(take(from: &buffer, &stream))
      }
    }
    return result
  }

  /// One pass in a new random order, with copies.
  private func pass(_ stream: inout PhiloxStream) -> [Int32] {
    var order = labels.indices.map { Int32($0) }
    stream.shuffle(&order)
    var images: [Int32] = []
    images.reserveCapacity(order.count)
    for image in order {
      let copies = rule.copies(of: Int(labels[Int(image)])) { stream.nextDouble() }
      images.append(contentsOf: repeatElement(image, count: copies))
    }
    return images
  }

  private func take(from buffer: inout [Int32], _ stream: inout PhiloxStream) -> Int32 {
    buffer.swapAt(Int(stream.next(below: UInt32(buffer.count))), buffer.count - 1)
    return buffer.removeLast()
  }
}
