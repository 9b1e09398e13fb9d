import Foundation

/// How the class counts of a balanced set are thinned to a long tail. Class 0 stays the largest.
///
/// With `r = 1 / imbalanceFactor` and `C` classes:
///
/// - exponential: `n[c] = floor(maxPerClass * r^(c / (C - 1)))`
/// - step: `n[c] = maxPerClass` for `c < C / 2` (as real numbers), `floor(maxPerClass * r)` for the rest
///
/// Source: Class-Balanced Loss, CVPR 2019 (exponential); a systematic study of the class imbalance problem, 2018 (step).
public struct LongTailProfile: Sendable, Equatable, Codable {
  /// The shape of the tail.
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// Counts fall by the same factor from class to class.
    case exponential
    /// The first half of the classes keeps all images, the second half is thinned.
    case step
  }

  /// The shape of the tail.
  public var shape: Shape
  /// Largest over smallest count; 1 or more. Published code that writes 0.01 means 100 here.
  public var imbalanceFactor: Double

  /// A profile of a shape and an imbalance factor (largest over smallest count).
  public init(_ shape: Shape, imbalanceFactor: Double) {
    (self.shape, self.imbalanceFactor) = (shape, imbalanceFactor)
  }

  /// Images to keep per class, in label order.
  ///
  /// - Parameters:
  ///   - maxPerClass: images of the largest class; above 0 (5000 for CIFAR-10, 500 for CIFAR-100).
  ///   - classCount: number of classes; above 0.
  /// - Throws: ``LongTailError`` when a value is out of range.
  public func counts(maxPerClass: Int, classCount: Int) throws -> [Int] {
    guard imbalanceFactor >= 1, imbalanceFactor.isFinite else {
      throw LongTailError.imbalanceFactor(imbalanceFactor)
    }
    guard maxPerClass > 0 else { throw LongTailError.notPositive("images of the largest class", maxPerClass) }
    guard classCount > 0 else { throw LongTailError.notPositive("number of classes", classCount) }
    let ratio = 1 / imbalanceFactor
    return (0..<classCount).map { label in
      let share =
        switch shape {
        case .exponential: classCount == 1 ? 1 : pow(ratio, Double(label) / Double(classCount - 1))
        case .step: 2 * label < classCount ? 1 : ratio
        }
      // The largest counts are no whole numbers as `Double`.
      return Int(exactly: (Double(maxPerClass) * share).rounded(.down)) ?? maxPerClass
    }
  }
}
