import Datasets

/// What router and experts of a network said of each image: enough to tell how any threshold of the router would have done.
///
/// After each number of experts there is an answer, that of the mean of their scores; behind each but the last stands a gate. An image goes on as
/// long as the gate's logit is above the threshold.
public struct RoutingTrace: Sendable, Equatable {
  /// The logit of each gate for each image, a list a gate.
  public private(set) var router: [[Float]]
  /// The answer after one, two, … experts for each image, a list a number of experts.
  public private(set) var answers: [[Int32]]
  /// The true class of each image.
  public private(set) var labels: [Int32] = []

  /// No images.
  /// - Throws: ``EvaluationError/tooFewExperts(_:)`` below 2, where nothing is to be decided.
  public init(experts: Int) throws {
    guard experts >= 2 else { throw EvaluationError.tooFewExperts(experts) }
    router = Array(repeating: [], count: experts - 1)
    answers = Array(repeating: [], count: experts)
  }

  /// Adds images.
  /// - Parameters:
  ///   - router: a list a gate, of a logit an image.
  ///   - answers: a list a number of experts, of a class an image.
  ///   - labels: the true classes.
  /// - Throws: ``EvaluationError`` when lengths differ or a gate said no number; then nothing is added.
  public mutating func add(router: [[Float]], answers: [[Int32]], labels: [Int32]) throws {
    for (name, lists, count) in [
      ("lists of router", router.map(\.count), self.router.count),
      ("lists of answers", answers.map(\.count), self.answers.count),
    ] {
      guard lists.count == count else { throw EvaluationError.lengths(name, got: lists.count, samples: count) }
      if let wrong = lists.first(where: { $0 != labels.count }) {
        throw EvaluationError.lengths(name, got: wrong, samples: labels.count)
      }
    }
    if let sample = labels.indices.first(where: { index in router.contains { $0[index].isNaN } }) {
      throw EvaluationError.notFinite(sample: self.labels.count + sample)
    }
    for (gate, logits) in router.enumerated() { self.router[gate] += logits }
    for (number, classes) in answers.enumerated() { self.answers[number] += classes }
    self.labels += labels
  }

  /// How many experts each image uses with a threshold.
  public func uses(threshold: Double) -> [Int] {
    labels.indices.map { image in
      1 + (router.firstIndex { !(Double($0[image]) > threshold) } ?? router.count)
    }
  }

  /// The share of images that stop after one, two, … experts.
  public func shares(threshold: Double) -> [Double] {
    var counts = Array(repeating: 0, count: answers.count)
    for number in uses(threshold: threshold) { counts[number - 1] += 1 }
    return counts.map { Double($0) / Double(max(1, labels.count)) }
  }

  /// How the images do with a threshold.
  /// - Parameters:
  ///   - threshold: the logit above which a further expert is asked; an infinite one asks none or all.
  ///   - classes: the training distribution, which decides the shot groups.
  ///   - rule: the limits of many, medium and few.
  /// - Throws: ``EvaluationError`` where there are no images, or a label or an answer names no class.
  public func point(
    threshold: Double, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> RoutingPoint {
    let uses = uses(threshold: threshold)
    var accumulator = try EvaluationAccumulator(classes: classes, rule: rule)
    try accumulator.update(
      predictions: labels.indices.map { answers[uses[$0] - 1][$0] }, labels: labels)
    let result = try accumulator.result()
    return RoutingPoint(
      threshold: threshold, shares: shares(threshold: threshold), accuracy: result.accuracy,
      balancedAccuracy: result.balancedAccuracy,
      shotGroups: Dictionary(
        uniqueKeysWithValues: result.shotGroups.map { ($0.group, $0.accuracy) }))
  }

  /// The lowest threshold whose cost is not above a budget; nil where even one expert costs more.
  ///
  /// No label is looked at.
  /// - Parameters:
  ///   - budget: the highest mean cost of an image.
  ///   - cost: the mean cost by the shares of images that stop after one, two, … experts; one that grows with later stops.
  public func threshold(withinBudget budget: Double, cost: ([Double]) throws -> Double) rethrows -> Double? {
    // Between two logits that were said, nothing changes.
    let steps = [-Double.infinity] + Set(router.joined().map(Double.init)).sorted()
    guard let last = steps.last, try cost(shares(threshold: last)) <= budget else { return nil }
    var (low, high) = (0, steps.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if try cost(shares(threshold: steps[middle])) <= budget { high = middle } else { low = middle + 1 }
    }
    return steps[low]
  }
}
