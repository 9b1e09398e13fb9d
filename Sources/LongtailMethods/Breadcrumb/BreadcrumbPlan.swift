import Datasets

/// How many features of each class a ``FeatureBank`` hands out, and how many epochs back it keeps them.
///
/// A class with `n` images and a target of `m` features looks back `ceil(m / n)` epochs. A class without images keeps nothing.
///
/// - Source: Breadcrumbs: Adversarial Class-Balanced Sampling for Long-tailed Recognition, ECCV 2022, section 3.
public struct BreadcrumbPlan: Sendable, Equatable {
  /// How far back classes look.
  public enum Depth: Sendable, Equatable {
    /// As far as their target needs.
    case byRarity
    /// As far as their target needs, but no further than a number of epochs; repeats make up for the rest.
    case atMost(Int)
    /// All classes the same number of epochs.
    case constant(Int)
  }

  /// Features that each class hands out.
  public let perClass: Int
  /// Epochs that each class keeps; 0 for classes without images.
  public let depths: [Int]
  /// Features that each class keeps of an epoch. More than the target can never be used.
  public let capacities: [Int]

  /// Makes a plan.
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - perClass: features that each class hands out.
  ///   - depth: how far back classes look.
  ///   - rowsPerEpoch: the most features of each class that an epoch brings, where that is more than its images; `nil` for its images.
  /// - Throws: ``ClassDistributionError`` for unusable counts, or a number that is not above 0.
  public init(counts: [Int], perClass: Int, depth: Depth = .byRarity, rowsPerEpoch: [Int]? = nil) throws {
    _ = try ClassDistribution(counts: counts)
    guard perClass > 0 else {
      throw ClassDistributionError.parameter("perClass", expected: "1 or more", got: Double(perClass))
    }
    if let rowsPerEpoch, rowsPerEpoch.count != counts.count {
      throw ClassDistributionError.parameter(
        "number of rowsPerEpoch", expected: "\(counts.count), one a class", got: Double(rowsPerEpoch.count))
    }
    let limit: Int? =
      switch depth {
      case .byRarity: nil
      case .atMost(let limit), .constant(let limit): limit
      }
    if let limit, limit < 1 {
      throw ClassDistributionError.parameter("depth", expected: "1 epoch or more", got: Double(limit))
    }
    self.perClass = perClass
    depths = counts.map { count in
      guard count > 0 else { return 0 }
      if case .constant(let depth) = depth { return depth }
      return min((perClass + count - 1) / count, limit ?? .max)
    }
    capacities = counts.indices.map { min(max(counts[$0], rowsPerEpoch?[$0] ?? 0), perClass) }
  }

  /// The target of each class, so that all together fill as many batches as an epoch has: `ceil(ceil(images / batch) batch / classes)`.
  /// - Throws: ``ClassDistributionError`` for a number that is not above 0.
  public static func perClass(images: Int, batchSize: Int, classes: Int) throws -> Int {
    for (name, value) in [("images", images), ("batchSize", batchSize), ("classes", classes)] where value < 1 {
      throw ClassDistributionError.parameter(name, expected: "1 or more", got: Double(value))
    }
    let drawn = (images + batchSize - 1) / batchSize * batchSize
    return (drawn + classes - 1) / classes
  }

  /// The number of classes.
  public var classCount: Int { depths.count }
  /// Kept epochs of all classes together.
  var entryCount: Int { depths.reduce(0, +) }
  /// Kept features of all classes together.
  public var rowCount: Int { zip(depths, capacities).reduce(0) { $0 + $1.0 * $1.1 } }
  /// Features that all classes hand out together.
  public var crumbCount: Int { perClass * depths.count { $0 > 0 } }
}
