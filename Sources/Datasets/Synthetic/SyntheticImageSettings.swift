import Foundation

/// The size of a synthetic data set.
public struct SyntheticImageSettings: Sendable, Hashable, Codable {
  /// The most classes there are figures for.
  public static let largestClassCount = SyntheticFigure.allCases.count

  /// The number of classes, 2...24.
  public var classCount: Int
  /// Training images of the most common class.
  public var largestClass: Int
  /// The largest over the smallest training count, at least 1; 100 means that the rarest class has a hundredth.
  public var imbalanceFactor: Double
  /// Test images of every class.
  public var testImagesPerClass: Int
  /// The seed of the images.
  public var seed: UInt64

  /// Sets the values; the defaults give 20 classes of 400 to 4 training images and 1,000 test images.
  public init(
    classCount: Int = 20, largestClass: Int = 400, imbalanceFactor: Double = 100, testImagesPerClass: Int = 50,
    seed: UInt64 = 0
  ) {
    self.classCount = classCount
    self.largestClass = largestClass
    self.imbalanceFactor = imbalanceFactor
    self.testImagesPerClass = testImagesPerClass
    self.seed = seed
  }

  /// Training images of each class: `floor(largestClass * imbalanceFactor ^ (-c / (classCount - 1)))`, at least 1.
  public var trainingCounts: [Int] {
    (0..<classCount).map { index in
      let exponent = Double(index) / Double(max(classCount - 1, 1))
      return max(Int(Double(largestClass) * pow(1 / imbalanceFactor, exponent)), 1)
    }
  }

  /// - Throws: `DataSourceError.badSetting`.
  func check() throws {
    func require(_ holds: Bool, _ name: String, _ value: some Any, _ expected: String) throws {
      guard holds else { throw DataSourceError.badSetting(name: name, value: "\(value)", expected: expected) }
    }
    let classes = 2...Self.largestClassCount
    try require(classes.contains(classCount), "classCount", classCount, "\(classes.lowerBound)...\(classes.upperBound)")
    try require((1...100_000).contains(largestClass), "largestClass", largestClass, "1...100000")
    try require(imbalanceFactor.isFinite && imbalanceFactor >= 1, "imbalanceFactor", imbalanceFactor, "at least 1")
    try require((0...100_000).contains(testImagesPerClass), "testImagesPerClass", testImagesPerClass, "0...100000")
  }
}
