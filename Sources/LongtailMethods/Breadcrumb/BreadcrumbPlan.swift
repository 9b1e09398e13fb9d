import Datasets

/// How many features of each class a ``FeatureBank`` returns, and from how many epochs it stores them.
///
/// A class with `n` images and a target of `m` features needs those of `ceil(m / n)` epochs. Of a class without images
/// nothing is stored.
///
/// - Source: Breadcrumbs: Adversarial Class-Balanced Sampling for Long-tailed Recognition, ECCV 2022, section 3.
public struct BreadcrumbPlan: Sendable, Equatable {
  /// From how many epochs features of a class are stored.
  public enum Depth: Sendable, Equatable {
    /// As many as the target needs.
    case byRarity
    /// As many as the target needs, but at most a number of epochs; the rest are repeats.
    case atMost(Int)
    /// The same number of epochs for all classes.
    case constant(Int)
  }

  /// Features returned of each class.
  public let perClass: Int
  /// Epochs stored of each class; 0 for classes without images.
  public let depths: [Int]
  /// Features stored of each class and epoch. More than the target can never be used.
  public let capacities: [Int]

  /// Makes a plan.
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - perClass: features returned of each class.
  ///   - depth: from how many epochs features of a class are stored.
  ///   - rowsPerEpoch: the largest number of features of each class in an epoch, where that is more than its images;
  ///     nil for its images.
  /// - Throws: `ClassDistributionError` for unusable counts, or a number that is not above 0.
  public init(counts: [Int], perClass: Int, depth: Depth = .byRarity, rowsPerEpoch: [Int]? = nil) throws {
    _ = try ClassDistribution(counts: counts)
    guard perClass > 0 else {
      throw ClassDistributionError.parameter("perClass", expected: "1 or more", got: Double(perClass))
    }
    if let rowsPerEpoch, rowsPerEpoch.count != counts.count {
      throw ClassDistributionError.parameter(
        "number of rowsPerEpoch", expected: "\(counts.count), one per class", got: Double(rowsPerEpoch.count))
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

  /// The target of each class that fills the batches of an epoch: `ceil(ceil(images / batch) batch / classes)`.
  /// - Throws: `ClassDistributionError` for a number that is not above 0.
  public static func perClass(images: Int, batchSize: Int, classes: Int) throws -> Int {
    for (name, value) in [("images", images), ("batchSize", batchSize), ("classes", classes)] where value < 1 {
      throw ClassDistributionError.parameter(name, expected: "1 or more", got: Double(value))
    }
    let drawn = (images + batchSize - 1) / batchSize * batchSize
    return (drawn + classes - 1) / classes
  }

  /// The number of classes.
  public var classCount: Int { depths.count }
  /// Stored epochs, summed over classes.
  var entryCount: Int { depths.reduce(0, +) }
  /// Stored features, summed over classes.
  public var rowCount: Int { zip(depths, capacities).reduce(0) { $0 + $1.0 * $1.1 } }
  /// Returned features, summed over classes.
  public var crumbCount: Int { perClass * depths.count { $0 > 0 } }
}
