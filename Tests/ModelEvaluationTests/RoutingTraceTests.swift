import Datasets
import ModelEvaluation
import Testing

/// Thresholds of a router.
@Suite struct RoutingTraceTests {
  private let classes: ClassDistribution

  init() throws { classes = try ClassDistribution(counts: [200, 50, 5], names: ["a", "b", "c"]) }

  /// Four images, three experts: the second and the third correct one wrong prediction each.
  private func trace() throws -> RoutingTrace {
    var trace = try RoutingTrace(experts: 3)
    try trace.add(
      routerLogits: [[-2, 1, 3], [5, -1, 2]], predictions: [[0, 0, 0], [0, 1, 1], [0, 1, 2]], labels: [0, 1, 2])
    try trace.add(routerLogits: [[0.5], [0]], predictions: [[2], [2], [0]], labels: [2])
    return trace
  }

  @Test func thresholdsDetermineTheNumberOfExperts() throws {
    let trace = try trace()
    // Router logits after the stop of an image do not matter.
    #expect(trace.expertsUsed(threshold: 0) == [1, 2, 3, 2])
    #expect(trace.expertsUsed(threshold: -.infinity) == [3, 3, 3, 3])
    #expect(trace.expertsUsed(threshold: .infinity) == [1, 1, 1, 1])
    #expect(trace.expertsUsed(threshold: 1) == [1, 1, 3, 1])
    #expect(trace.shares(threshold: 0) == [0.25, 0.5, 0.25])
  }

  @Test func accuracyIsThatOfTheExpertsUsed() throws {
    let trace = try trace()
    let point = try trace.point(threshold: 0, classes: classes)
    #expect(point.accuracy == 1)
    #expect(point.balancedAccuracy == 1)
    #expect(point.shares == [0.25, 0.5, 0.25])
    let all = try trace.point(threshold: -.infinity, classes: classes)
    #expect(all.accuracy == 0.75)
    #expect(all.shotGroups == [.many: 1, .medium: 1, .few: 0.5])
    #expect(try trace.point(threshold: .infinity, classes: classes).accuracy == 0.5)
  }

  @Test func costsStayWithinBudgets() throws {
    let trace = try trace()
    func cost(_ shares: [Double]) -> Double {
      1 + shares.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    }
    // All four images with all experts cost 4, with one 2; each threshold is the lowest within its budget.
    for budget in [2, 2.3, 2.75, 3.2, 4] {
      let threshold = try #require(trace.threshold(withinBudget: budget, cost: cost))
      #expect(cost(trace.shares(threshold: threshold)) <= budget)
      let lower = trace.routerLogits.joined().map(Double.init).filter { $0 < threshold }.max() ?? -.infinity
      #expect(threshold == -.infinity || cost(trace.shares(threshold: lower)) > budget)
    }
    #expect(trace.threshold(withinBudget: 4, cost: cost) == -.infinity)
    #expect(trace.threshold(withinBudget: 1.9, cost: cost) == nil)
  }

  @Test func invalidImagesAddNothing() throws {
    #expect(throws: EvaluationError.tooFewExperts(1)) { try RoutingTrace(experts: 1) }
    var trace = try trace()
    let before = trace
    #expect(throws: EvaluationError.lengths("lists of router logits", got: 1, samples: 2)) {
      try trace.add(routerLogits: [[1]], predictions: [[0], [0], [0]], labels: [0])
    }
    #expect(throws: EvaluationError.lengths("lists of predictions", got: 2, samples: 1)) {
      try trace.add(routerLogits: [[1], [1]], predictions: [[0], [0, 1], [0]], labels: [0])
    }
    #expect(throws: EvaluationError.notFinite(sample: 4)) {
      try trace.add(routerLogits: [[1], [.nan]], predictions: [[0], [0], [0]], labels: [0])
    }
    #expect(trace == before)
    #expect(throws: EvaluationError.noSamples) {
      try RoutingTrace(experts: 2).point(threshold: 0, classes: classes)
    }
  }
}
