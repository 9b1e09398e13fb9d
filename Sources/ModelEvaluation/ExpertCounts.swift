/// Counts of the predictions of several experts, or several heads, of one network, by true class.
///
/// Counts of parts of a set can be merged.
public struct ExpertCounts: Sendable, Equatable {
  /// Evaluated images of each class.
  public private(set) var images: [Int]
  /// Correct predictions, `[expert][class]`.
  public private(set) var correct: [[Int]]
  /// Images for which two experts predict the same class, `[class][expert][expert]`; an expert agrees with itself.
  public private(set) var agreements: [[[Int]]]
  /// Images that use `n` experts of a routed network, `[n - 1][class]`; all 0 for networks without routing.
  public private(set) var stops: [[Int]]

  /// Counts of no images.
  public init(experts: Int, classes: Int) {
    images = Array(repeating: 0, count: classes)
    correct = Array(repeating: images, count: experts)
    stops = correct
    agreements = Array(
      repeating: Array(repeating: Array(repeating: 0, count: experts), count: experts), count: classes)
  }

  /// The number of experts.
  public var expertCount: Int { correct.count }
  /// The number of classes.
  public var classCount: Int { images.count }

  /// Adds predictions.
  ///
  /// - Parameters:
  ///   - predictions: for each expert, the predicted class of each image.
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
        let prediction = predictions[expert][index]
        if prediction == label { correct[expert][truth] += 1 }
        for other in 0..<expertCount where predictions[other][index] == prediction {
          agreements[truth][expert][other] += 1
        }
      }
    }
  }

  /// Adds how many experts each image of a routed network used.
  ///
  /// - Parameters:
  ///   - numbers: the number of experts of each image, within `1 ... expertCount`.
  ///   - labels: the true class of each image.
  /// - Throws: ``EvaluationError`` when lengths differ or a number is out of range; then nothing is added.
  public mutating func addExpertsUsed(_ numbers: [Int32], labels: [Int32]) throws {
    guard numbers.count == labels.count else {
      throw EvaluationError.lengths("numbers of experts", got: numbers.count, samples: labels.count)
    }
    try check(labels)
    if let wrong = numbers.first(where: { $0 < 1 || Int($0) > expertCount }) {
      throw EvaluationError.experts(used: Int(wrong), experts: expertCount)
    }
    for (number, label) in zip(numbers, labels) { stops[Int(number) - 1][Int(label)] += 1 }
  }

  /// Adds counts that were accumulated elsewhere, such as on a GPU.
  ///
  /// - Parameters:
  ///   - images: `[class]`.
  ///   - correct: `[expert][class]`.
  ///   - agreements: `[class][expert][expert]`.
  ///   - stops: `[number of experts - 1][class]`, or nil without routing.
  /// - Throws: ``EvaluationError/differentSettings(_:)`` for counts of other shapes.
  public mutating func add(images: [Int], correct: [[Int]], agreements: [[[Int]]], stops: [[Int]]? = nil) throws {
    let fits =
      images.count == classCount
      && ([correct, stops].compactMap { $0 }).allSatisfy { sums in
        sums.count == expertCount && sums.allSatisfy { $0.count == classCount }
      } && agreements.count == classCount
      && agreements.allSatisfy { $0.count == expertCount && $0.allSatisfy { $0.count == expertCount } }
    guard fits else { throw EvaluationError.differentSettings("numbers of experts and classes") }
    for label in 0..<classCount {
      self.images[label] += images[label]
      for expert in 0..<expertCount {
        self.correct[expert][label] += correct[expert][label]
        self.stops[expert][label] += stops?[expert][label] ?? 0
        for other in 0..<expertCount { self.agreements[label][expert][other] += agreements[label][expert][other] }
      }
    }
  }

  /// Adds the counts of another part of the set.
  /// - Throws: ``EvaluationError/differentSettings(_:)`` for other numbers of experts or classes.
  public mutating func merge(_ other: ExpertCounts) throws {
    try add(images: other.images, correct: other.correct, agreements: other.agreements, stops: other.stops)
  }

  /// The shares of images that use one, two, … experts, over the given classes (all if nil); nil without routing.
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
