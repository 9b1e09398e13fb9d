import LongtailTestSupport
import Objectives
import Testing
import Torch

/// Experts with prior shifts of their own, and their consistency between views.
@Suite struct ConsistentExpertTests {
  private let exponents = [-0.5, 1, 2.5]

  private func sample(_ generator: inout SeededGenerator) -> ExpertSample {
    var sample = ExpertSample(experts: 3, rows: 2 * Int.random(in: 1...3, using: &generator), using: &generator)
    // One label per image.
    sample.labels = Array(sample.labels.prefix(sample.rows / 2))
    return sample
  }

  private func context(epoch: Int) throws -> StepContext {
    StepContext(step: try Tensor.zeros([], dtype: .int64) + epoch * 10, stepsPerEpoch: 10)
  }

  /// Cross-entropy of all rows, and the divergence of confident images, whose weak views get no gradient.
  @Test(arguments: ConsistencySelfDistillation.Confidence.allCases)
  func gradientsFollowTheFormulas(confidence: ConsistencySelfDistillation.Confidence) throws {
    try withRandomCases(20) { generator in
      let sample = sample(&generator)
      let objective = try ConsistentExperts(
        counts: sample.counts, exponents: exponents, temperature: 2, confidence: confidence)
      let expected = (0..<3).flatMap { gradients(sample, $0, confidence, weight: 0.15) }
      expectClose(
        try sample.gradient(objective, at: context(epoch: 4)), expected, relative: 1e-9, absolute: 1e-13)
    }
  }

  private func gradients(
    _ sample: ExpertSample, _ expert: Int, _ confidence: ConsistencySelfDistillation.Confidence, weight: Double
  ) -> [Double] {
    let images = sample.rows / 2
    let shifts = sample.counts.map { exponents[expert] * naturalLogarithm(Double($0)) }
    func adjusted(_ row: Int) -> [Double] { zip(sample.row(expert, row), shifts).map { $0 + $1 } }
    func isConfident(_ image: Int) -> Bool {
      let logits =
        switch confidence {
        case .adjusted: adjusted(image)
        case .raw: sample.row(expert, image)
        case .none: (0..<sample.classes).map { $0 == sample.labels[image] ? 1.0 : 0 }
        }
      return logits.indices.max { logits[$0] < logits[$1] } == sample.labels[image]
    }
    let confident = (0..<images).filter(isConfident)
    return (0..<sample.rows).flatMap { row -> [Double] in
      let image = row % images
      let labels = softmax(adjusted(row)).enumerated().map { label, share in
        (share - (label == sample.labels[image] ? 1 : 0)) / Double(sample.rows)
      }
      guard row >= images, confident.contains(image) else { return labels }
      let (weak, strong) = (
        softmax(adjusted(image).map { $0 / 2 }), softmax(adjusted(row).map { $0 / 2 })
      )
      return labels.indices.map { labels[$0] + weight * 2 * (strong[$0] - weak[$0]) / Double(confident.count) }
    }
  }

  /// Equal views have no divergence; with exponent 1 the loss is then Balanced Softmax.
  @Test func equalViewsAreConsistent() throws {
    try withRandomCases(10) { generator in
      var sample = sample(&generator)
      let size = sample.rows / 2 * sample.classes
      for expert in 0..<3 {
        let start = expert * 2 * size
        for index in 0..<size { sample.logits[start + size + index] = sample.logits[start + index] }
      }
      let objective = try ConsistentExperts(counts: sample.counts, exponents: [1, 1, 1], confidence: .none)
      let balanced = try BalancedSoftmaxLoss(counts: sample.counts).summedOverExperts()
      var doubled = sample
      doubled.labels += sample.labels
      expectClose(
        try sample.loss(objective, at: context(epoch: 30)), try doubled.loss(balanced), relative: 1e-12,
        absolute: 1e-13)
      // Labels of rows mean the same as labels of images.
      expectClose(
        try doubled.loss(objective, at: context(epoch: 30)), try sample.loss(objective, at: context(epoch: 30)),
        relative: 1e-14)
    }
  }

  /// Without a confident image nothing is added, and nothing is undefined.
  @Test func withoutConfidenceNothingIsAdded() throws {
    var generator = SeededGenerator(seed: 6)
    var sample = ExpertSample(experts: 1, rows: 2, using: &generator)
    (sample.classes, sample.counts, sample.labels, sample.logits) = (2, [1, 1], [0], [-1, 1, 0.5, 0.2])
    let shifted = try PriorShiftedSoftmax(counts: sample.counts, exponent: 1)
    let objective = try ConsistencySelfDistillation([shifted], ramp: EpochRamp(epochs: 0))
    #expect(try sample.loss(objective) == 0)
    #expect(try sample.gradient(objective) == [0, 0, 0, 0])
  }

  /// The ramp counts epochs from 1: the fifth epoch has a quarter of the weight, the twentieth all of it.
  @Test func theRampGrowsByEpoch() throws {
    let ramp = try EpochRamp(epochs: 20)
    func factor(_ step: Int, _ ramp: EpochRamp) throws -> Double {
      let context = StepContext(step: try Tensor.zeros([], dtype: .int64) + step, stepsPerEpoch: 10)
      return try ramp.factor(at: context, dtype: .float64).item()
    }
    expectClose(try (40..<50).map { try 0.6 * factor($0, ramp) }, Array(repeating: 0.15, count: 10), relative: 1e-14)
    expectClose(
      try [0, 9, 10, 189, 190, 5000].map { try factor($0, ramp) }, [0.05, 0.05, 0.1, 0.95, 1, 1], relative: 1e-14)
    #expect(try factor(0, EpochRamp(epochs: 0)) == 1)
    #expect(throws: ObjectiveError.self) { try EpochRamp(epochs: -1) }
  }

  /// The floor of the published code matters where shares are small; exact shifts do not depend on the unit of the
  /// prior.
  @Test func theFloorLimitsOffsetsOfRareClasses() throws {
    let counts = [400_000.0, 2]
    let shares = counts.map { $0 / 400_002 }
    func difference(_ prior: [Double], _ floor: Double) throws -> Double {
      let offset = try PriorShiftedSoftmax(prior: prior, exponent: 2.5, logFloor: floor).offset.values
      return offset[0] - offset[1]
    }
    expectClose(try difference(counts, 0), try difference(shares, 0), relative: 1e-12)
    expectClose(try difference(counts, 1e-9), try difference(counts, 0), relative: 1e-9)
    #expect(try difference(shares, 1e-9) < difference(shares, 0) - 5)
    #expect(throws: ObjectiveError.self) { try PriorShiftedSoftmax(counts: [5, 0], exponent: -0.5, countFloor: 0) }
    #expect(try PriorShiftedSoftmax(counts: [5, 0], exponent: -0.5).offset.values[1] == 0)
    #expect(throws: ObjectiveError.self) { try PriorShiftedSoftmax(counts: [5, 1], exponent: .nan) }
  }

  @Test func viewsMustBePairs() throws {
    var generator = SeededGenerator(seed: 3)
    var sample = ExpertSample(experts: 3, rows: 3, using: &generator)
    let objective = try ConsistentExperts(counts: sample.counts)
    #expect(throws: ObjectiveError.views(objective: "prior-shifted-softmax", rows: 3, labels: 3)) {
      try sample.loss(objective)
    }
    sample = ExpertSample(experts: 2, rows: 4, using: &generator)
    #expect(throws: ObjectiveError.expertCount(objective: "prior-shifted-softmax", expected: 3, actual: 2)) {
      try sample.loss(ConsistentExperts(counts: sample.counts))
    }
  }
}
