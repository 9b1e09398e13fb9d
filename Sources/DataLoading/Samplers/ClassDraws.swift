import Datasets
import Torch

/// Draws images by class probabilities: first the class, then an image of it, both with replacement.
struct ClassDraws: Sendable {
  private let members: ClassMembers
  private let cumulative: [Double]
  private let lastLabel: Int

  /// - Parameter probabilities: one per class; 0 for classes without images.
  init(members: ClassMembers, probabilities: [Double]) {
    self.members = members
    var sum = 0.0
    cumulative = probabilities.map {
      sum += $0
      return sum
    }
    lastLabel = probabilities.lastIndex { $0 > 0 } ?? 0
  }

  /// `count` image indices, a pure function of seed, stage and epoch.
  func indices(count: Int, seed: UInt64, stage: Int, epoch: Int) -> [Int32] {
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .sampling), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage))
    return cumulative.withUnsafeBufferPointer { cumulative in
      (0..<count).map { _ in
        let label = label(at: stream.nextDouble(), in: cumulative)
        return members.image(Int(stream.next(below: UInt32(members.count(of: label)))), of: label)
      }
    }
  }

  /// The first class whose cumulative probability exceeds a uniform number. Empty classes add nothing and are never
  /// first; a sum that rounds to just below 1 falls to the last class with images.
  private func label(at uniform: Double, in cumulative: UnsafeBufferPointer<Double>) -> Int {
    var (low, high) = (0, lastLabel)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > uniform { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
