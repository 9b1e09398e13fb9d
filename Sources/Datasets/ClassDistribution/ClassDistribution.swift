import Foundation

/// How many training images each class has: the one description of a class imbalance that losses, samplers and
/// metrics share.
///
/// The index of a class in ``counts`` is its label. A class without images keeps its index, so that labels never
/// shift; ``emptyClasses`` lists such classes and the caller decides whether they are an error.
///
/// ```swift
/// let classes = try ClassDistribution(counts: [500, 60, 5], names: ["cat", "lynx", "ocelot"])
/// classes.imbalanceFactor        // 100
/// classes.shotGroup(of: 2)       // .few
/// ```
public struct ClassDistribution: Sendable, Equatable {
  /// Training images per class, in label order.
  public let counts: [Int]
  /// Class names in label order; unique.
  public let names: [String]
  /// Training images of all classes together.
  public let total: Int

  /// A distribution from counts and, where they are known, names.
  ///
  /// - Parameters:
  ///   - counts: images per class, in label order; at least one class, none negative, at least one image.
  ///   - names: class names in label order; without them the labels themselves are the names (`"0"`, `"1"`, …).
  /// - Throws: ``ClassDistributionError`` when the counts or the names are unusable.
  public init(counts: [Int], names: [String]? = nil) throws {
    guard !counts.isEmpty else { throw ClassDistributionError.noClasses }
    let names = names ?? counts.indices.map(String.init)
    guard names.count == counts.count else {
      throw ClassDistributionError.nameCount(names: names.count, classes: counts.count)
    }
    var total = 0
    for (label, count) in counts.enumerated() {
      guard count >= 0 else { throw ClassDistributionError.negativeCount(label: label, count: count) }
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else { throw ClassDistributionError.tooManyImages }
      total = sum
    }
    guard total > 0 else { throw ClassDistributionError.noImages(classes: counts.count) }
    var seen: [String: Int] = [:]
    for (label, name) in names.enumerated() {
      if let first = seen.updateValue(label, forKey: name) {
        throw ClassDistributionError.duplicateName(name, first: first, second: label)
      }
    }
    (self.counts, self.names, self.total) = (counts, names, total)
  }

  /// The distribution of a list of labels.
  ///
  /// - Parameters:
  ///   - labels: one class index per image.
  ///   - classCount: number of classes; needed because the last classes may have no image.
  ///   - names: class names in label order, or `nil` for the labels as names.
  /// - Throws: ``LabelError`` for a label outside `0..<classCount` (with its position), otherwise as the designated
  ///   initialiser.
  public init(labels: [Int32], classCount: Int, names: [String]? = nil) throws {
    try self.init(counts: countLabels(labels, classCount: classCount), names: names)
  }

  /// Number of classes, those without images included.
  public var classCount: Int { counts.count }

  /// Share of each class in the training images: `counts[c] / total`; sums to 1.
  public var prior: [Double] { counts.map { Double($0) / Double(total) } }

  /// Natural logarithm of ``prior``; minus infinity for a class without images.
  public var logPrior: [Double] { prior.map { log($0) } }

  /// Count of the largest class over that of the smallest class that has images; at least 1.
  public var imbalanceFactor: Double {
    let present = counts.lazy.filter { $0 > 0 }
    guard let largest = present.max(), let smallest = present.min() else { return 1 }
    return Double(largest) / Double(smallest)
  }

  /// Labels of the classes without training images, in increasing order.
  public var emptyClasses: [Int] { counts.indices.filter { counts[$0] == 0 } }

  /// Label of the class with a name, or `nil` when no class has it.
  public func label(named name: String) -> Int? { names.firstIndex(of: name) }

  /// Shot group of a class by its number of training images.
  ///
  /// - Parameters:
  ///   - label: a class index in `0..<classCount`.
  ///   - rule: the limits; by default many > 100, few < 20.
  public func shotGroup(of label: Int, rule: ShotGroupRule = .strict) -> ShotGroup {
    rule.group(trainingImages: counts[label])
  }

  /// Labels of the classes of a shot group, in increasing order.
  public func classes(in group: ShotGroup, rule: ShotGroupRule = .strict) -> [Int] {
    counts.indices.filter { rule.group(trainingImages: counts[$0]) == group }
  }
}

/// Counts the images of each class.
///
/// - Throws: ``LabelError/outOfRange(label:position:classCount:)`` for the first label outside `0..<classCount`.
public func countLabels(_ labels: [Int32], classCount: Int) throws -> [Int] {
  guard classCount > 0 else { throw ClassDistributionError.noClasses }
  var counts = [Int](repeating: 0, count: classCount)
  for (position, label) in labels.enumerated() {
    guard label >= 0, Int(label) < classCount else {
      throw LabelError.outOfRange(label: Int(label), position: position, classCount: classCount)
    }
    counts[Int(label)] += 1
  }
  return counts
}
