import Datasets

/// Router logits and predictions of a routed network for each image, from which its accuracy at any threshold follows.
///
/// An image uses a further expert while the router logit after its last expert is above the threshold. The prediction
/// after `n` experts is that of the mean of their logits.
public struct RoutingTrace: Sendable, Equatable {
  /// The router logits, `[expert][image]`, for all experts but the last.
  public private(set) var routerLogits: [[Float]]
  /// The predictions after `n` experts, `[n - 1][image]`.
  public private(set) var predictions: [[Int32]]
  /// The true class of each image.
  public private(set) var labels: [Int32] = []

  /// A trace of no images.
  /// - Throws: ``EvaluationError/tooFewExperts(_:)`` below two experts, where there is nothing to route.
  public init(experts: Int) throws {
    guard experts >= 2 else { throw EvaluationError.tooFewExperts(experts) }
    routerLogits = Array(repeating: [], count: experts - 1)
    predictions = Array(repeating: [], count: experts)
  }

  /// Adds images.
  /// - Parameters:
  ///   - routerLogits: `[expert][image]`, for all experts but the last.
  ///   - predictions: the predictions after `n` experts, `[n - 1][image]`.
  ///   - labels: the true class of each image.
  /// - Throws: ``EvaluationError`` when lengths differ or a router logit is NaN; then nothing is added.
  public mutating func add(routerLogits: [[Float]], predictions: [[Int32]], labels: [Int32]) throws {
    for (name, lists, count) in [
      ("lists of router logits", routerLogits.map(\.count), self.routerLogits.count),
      ("lists of predictions", predictions.map(\.count), self.predictions.count),
    ] {
      guard lists.count == count else { throw EvaluationError.lengths(name, got: lists.count, samples: count) }
      if let wrong = lists.first(where: { $0 != labels.count }) {
        throw EvaluationError.lengths(name, got: wrong, samples: labels.count)
      }
    }
    if let sample = labels.indices.first(where: { index in routerLogits.contains { $0[index].isNaN } }) {
      throw EvaluationError.notFinite(sample: self.labels.count + sample)
    }
    for (expert, logits) in routerLogits.enumerated() { self.routerLogits[expert] += logits }
    for (index, classes) in predictions.enumerated() { self.predictions[index] += classes }
    self.labels += labels
  }

  /// How many experts each image uses at a threshold.
  public func expertsUsed(threshold: Double) -> [Int] {
    labels.indices.map { image in
      1 + (routerLogits.firstIndex { !(Double($0[image]) > threshold) } ?? routerLogits.count)
    }
  }

  /// The shares of images that use one, two, … experts at a threshold.
  public func shares(threshold: Double) -> [Double] {
    var counts = Array(repeating: 0, count: predictions.count)
    for number in expertsUsed(threshold: threshold) { counts[number - 1] += 1 }
    return counts.map { Double($0) / Double(max(1, labels.count)) }
  }

  /// The accuracy at a threshold.
  /// - Parameters:
  ///   - threshold: the router logit above which an image uses a further expert; minus infinity uses all experts,
  ///     infinity one.
  ///   - classes: the training distribution, which determines the shot groups.
  ///   - rule: the limits of many, medium and few.
  /// - Throws: ``EvaluationError`` without images, or if a label or a prediction is out of range.
  public func point(
    threshold: Double, classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws -> RoutingPoint {
    let used = expertsUsed(threshold: threshold)
    var accumulator = try EvaluationAccumulator(classes: classes, rule: rule)
    try accumulator.update(
      predictions: labels.indices.map { predictions[used[$0] - 1][$0] }, labels: labels)
    let result = try accumulator.result()
    return RoutingPoint(
      threshold: threshold, shares: shares(threshold: threshold), accuracy: result.accuracy,
      balancedAccuracy: result.balancedAccuracy,
      shotGroups: Dictionary(
        uniqueKeysWithValues: result.shotGroups.map { ($0.group, $0.accuracy) }))
  }

  /// The lowest threshold whose cost is within a budget; nil if even one expert per image costs more. Labels are not
  /// used.
  /// - Parameters:
  ///   - budget: the highest mean cost per image.
  ///   - cost: the mean cost per image from the shares of images that use one, two, … experts; it must not decrease
  ///     when images use more experts.
  public func threshold(withinBudget budget: Double, cost: ([Double]) throws -> Double) rethrows -> Double? {
    // The shares change only at observed router logits.
    let steps = [-Double.infinity] + Set(routerLogits.joined().map(Double.init)).sorted()
    guard let last = steps.last, try cost(shares(threshold: last)) <= budget else { return nil }
    var (low, high) = (0, steps.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if try cost(shares(threshold: steps[middle])) <= budget { high = middle } else { low = middle + 1 }
    }
    return steps[low]
  }
}
