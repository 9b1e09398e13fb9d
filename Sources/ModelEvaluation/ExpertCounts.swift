/// What several experts, or several heads, of one network answered, counted by true class.
///
/// Counts of parts of a set can be added up.
public struct ExpertCounts: Sendable, Equatable {
  /// Images of each class that all experts answered.
  public private(set) var images: [Int]
  /// Right answers, by expert and class.
  public private(set) var right: [[Int]]
  /// Images on which two experts agree, by class, then the experts of the pair; an expert agrees with itself.
  public private(set) var agreements: [[[Int]]]
  /// Images that stop after so many experts, by the number less one and by class; all 0 for networks that use all experts.
  public private(set) var stops: [[Int]]

  /// No images.
  public init(experts: Int, classes: Int) {
    images = Array(repeating: 0, count: classes)
    right = Array(repeating: images, count: experts)
    stops = right
    agreements = Array(
      repeating: Array(repeating: Array(repeating: 0, count: experts), count: experts), count: classes)
  }

  /// The number of experts.
  public var expertCount: Int { right.count }
  /// The number of classes.
  public var classCount: Int { images.count }

  /// Adds answers.
  ///
  /// - Parameters:
  ///   - predictions: the class that each expert gives each image, a list an expert.
  ///   - labels: the true class of each image.
  /// - Throws: ``EvaluationError`` when lengths differ or a class is out of range; then nothing is added.
  public mutating func add(predictions: [[Int32]], labels: [Int32]) throws {
    guard predictions.count == expertCount else {
      throw EvaluationError.lengths("lists of predictions", got: predictions.count, samples: expertCount)
    }
    for list in [labels] + predictions {
      guard list.count == labels.count else {
        throw EvaluationError.lengths("predictions", got: list.count, samples: labels.count)
      }
      try check(list)
    }
    for (index, label) in labels.enumerated() {
      let truth = Int(label)
      images[truth] += 1
      for expert in 0..<expertCount {
        let answer = predictions[expert][index]
        if answer == label { right[expert][truth] += 1 }
        for other in 0..<expertCount where predictions[other][index] == answer {
          agreements[truth][expert][other] += 1
        }
      }
    }
  }

  /// Adds how many experts each image used.
  ///
  /// - Parameters:
  ///   - numbers: within `1 ... experts`.
  ///   - labels: the true class of each image.
  /// - Throws: ``EvaluationError`` when lengths differ or a number is out of range; then nothing is added.
  public mutating func addUses(_ numbers: [Int32], labels: [Int32]) throws {
    guard numbers.count == labels.count else {
      throw EvaluationError.lengths("numbers of experts", got: numbers.count, samples: labels.count)
    }
    try check(labels)
    if let wrong = numbers.first(where: { $0 < 1 || Int($0) > expertCount }) {
      throw EvaluationError.experts(used: Int(wrong), experts: expertCount)
    }
    for (number, label) in zip(numbers, labels) { stops[Int(number) - 1][Int(label)] += 1 }
  }

  /// Adds sums that were counted elsewhere, such as on a device.
  ///
  /// - Parameters:
  ///   - images: by class.
  ///   - right: by expert and class.
  ///   - agreements: by class, and the experts of each pair.
  ///   - stops: by the number of experts less one and by class, or nil.
  /// - Throws: ``EvaluationError/differentSettings(_:)`` for sums of other shapes.
  public mutating func add(images: [Int], right: [[Int]], agreements: [[[Int]]], stops: [[Int]]? = nil) throws {
    let fits =
      images.count == classCount
      && ([right, stops].compactMap { $0 }).allSatisfy { sums in
        sums.count == expertCount && sums.allSatisfy { $0.count == classCount }
      } && agreements.count == classCount
      && agreements.allSatisfy { $0.count == expertCount && $0.allSatisfy { $0.count == expertCount } }
    guard fits else { throw EvaluationError.differentSettings("numbers of experts and classes") }
    for label in 0..<classCount {
      self.images[label] += images[label]
      for expert in 0..<expertCount {
        self.right[expert][label] += right[expert][label]
        self.stops[expert][label] += stops?[expert][label] ?? 0
        for other in 0..<expertCount { self.agreements[label][expert][other] += agreements[label][expert][other] }
      }
    }
  }

  /// Adds the counts of another part of the set.
  /// - Throws: ``EvaluationError/differentSettings(_:)`` for other numbers of experts or classes.
  public mutating func merge(_ other: ExpertCounts) throws {
    try add(images: other.images, right: other.right, agreements: other.agreements, stops: other.stops)
  }

  /// The share of images that stop after one, two, … experts, over some classes or all; nil without such images.
  public func routingShares(of classes: [Int]? = nil) -> [Double]? {
    let sums = stops.map { row in (classes ?? Array(row.indices)).reduce(0) { $0 + row[$1] } }
    let total = sums.reduce(0, +)
    return total > 0 ? sums.map { Double($0) / Double(total) } : nil
  }

  private func check(_ labels: [Int32]) throws {
    if let sample = labels.firstIndex(where: { $0 < 0 || Int($0) >= classCount }) {
      throw EvaluationError.outOfRange("class", value: Int(labels[sample]), sample: sample, classes: classCount)
    }
  }
}
