import Foundation
import Longtail

/// Images of uniform noise with random labels: the work of a step does not depend on what they show.
enum NoiseImages {
  /// Makes training data on a device.
  static func data(_ images: DeviceImages, classes: Int) throws -> TrainingData {
    TrainingData(
      training: images, test: nil, classes: try ClassDistribution(labels: images.hostLabels, classCount: classes),
      digest: "noise")
  }

  /// Makes images on a device.
  ///
  /// - Parameters:
  ///   - count: the number of images.
  ///   - side: their width and height in pixels.
  static func images(count: Int, side: Int, classes: Int, on device: Device) throws -> DeviceImages {
    var words = PhiloxStream(Philox4x32(seed: 0, purpose: .sampling), 0)
    // The first images go through the classes, so that none is empty.
    let labels = (0..<count).map { $0 < classes ? Int32($0) : Int32(words.next(below: UInt32(classes))) }
    return try images(count: count, side: side, labels: labels, on: device)
  }

  /// Labels whose counts fall exponentially to a hundredth of the first; no class is empty.
  static func longTailedLabels(count: Int, classes: Int) -> [Int32] {
    let weights = (0..<classes).map { pow(0.01, Double($0) / Double(max(1, classes - 1))) }
    let total = weights.reduce(0, +)
    var labels: [Int32] = []
    for (index, weight) in weights.enumerated().reversed() {
      let share = max(1, Int(Double(count) * weight / total))
      labels += [Int32](repeating: Int32(index), count: min(share, count - labels.count - index))
    }
    return labels + [Int32](repeating: 0, count: count - labels.count)
  }

  /// Makes images of given labels on a device.
  static func images(count: Int, side: Int, labels: [Int32], on device: Device) throws -> DeviceImages {
    var words = PhiloxStream(Philox4x32(seed: 0, purpose: .drawing), 0)
    var bytes = [UInt8]()
    bytes.reserveCapacity(count * side * side * 3)
    while bytes.count < count * side * side * 3 {
      let word = words.next()
      for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    bytes.removeLast(bytes.count - count * side * side * 3)
    return try DeviceImages(bytes: bytes, side: side, labels: labels, on: device)
  }
}
