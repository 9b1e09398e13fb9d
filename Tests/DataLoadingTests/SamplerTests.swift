import DataLoading
import Datasets
import LongtailTestSupport
import Testing

@Suite struct SamplerTests {
  private let labels: [Int32] = [3, 0, 1].flatMap { Array(repeating: Int32($0), count: [600, 80, 0, 20][$0]) }

  private func allSamplers() throws -> [(String, any Sampler)] {
    [
      ("instance", try InstanceBalanced(imageCount: labels.count)),
      ("class", try .classBalanced(labels: labels, classCount: 4)),
      ("square root", try .squareRoot(labels: labels, classCount: 4)),
      ("power 0.3", try ClassProbabilitySampler(labels: labels, classCount: 4, exponent: 0.3, epochLength: 999)),
      ("class-aware", try ClassAware(labels: labels, classCount: 4, imagesPerClass: 4)),
      ("progressive", try ProgressivelyBalanced(labels: labels, classCount: 4, epochs: 10)),
      ("class-aware, one each", try ClassAware(labels: labels, classCount: 4)),
    ]
  }

  /// Equal seed, stage and epoch repeat the order; any other does not.
  @Test func ordersArePureFunctions() throws {
    for (name, sampler) in try allSamplers() {
      let order = sampler.indices(seed: 3, stage: 1, epoch: 2)
      #expect(order.count == sampler.epochLength, "\(name)")
      #expect(order.allSatisfy { labels.indices.contains(Int($0)) }, "\(name)")
      #expect(sampler.indices(seed: 3, stage: 1, epoch: 2) == order, "\(name)")
      #expect(sampler.indices(seed: 4, stage: 1, epoch: 2) != order, "\(name)")
      #expect(sampler.indices(seed: 3, stage: 2, epoch: 2) != order, "\(name)")
      #expect(sampler.indices(seed: 3, stage: 1, epoch: 3) != order, "\(name)")
    }
  }

  @Test func instanceBalancedIsAPermutation() throws {
    let order = try InstanceBalanced(imageCount: 1000).indices(seed: 0, stage: 0, epoch: 0)
    #expect(order != Array(0..<1000))
    #expect(order.sorted() == Array(0..<1000))
  }

  /// Class frequencies lie within five binomial standard deviations of what the exponent asks for.
  @Test(arguments: [1, 0.5, 0, -0.5])
  func classFrequenciesFollowTheExponent(exponent: Double) throws {
    let sampler = try ClassProbabilitySampler(
      labels: labels, classCount: 4, exponent: exponent, epochLength: 40_000)
    let expected = try classProbabilities(counts: [600, 80, 0, 20], exponent: exponent)
    expectFrequencies(sampler.indices(seed: 5, stage: 0, epoch: 0), expected)
  }

  /// Each round has every class with images once, the same number of images each, and no image before all others of its class.
  @Test(arguments: [1, 2, 4]) func classAwareTakesTurns(imagesPerClass: Int) throws {
    let sampler = try ClassAware(labels: labels, classCount: 4, imagesPerClass: imagesPerClass, epochLength: 600)
    let order = sampler.indices(seed: 2, stage: 1, epoch: 3)
    let draws = stride(from: 0, to: 600, by: imagesPerClass).map { order[$0..<$0 + imagesPerClass] }
    for round in stride(from: 0, to: draws.count, by: 3) {
      #expect(draws[round..<min(round + 3, draws.count)].map { labels[Int($0.first ?? 0)] }.sorted() == [0, 1, 3])
    }
    for draw in draws { #expect(Set(draw.map { labels[Int($0)] }).count == 1) }
    let rare = order.filter { labels[Int($0)] == 3 }
    for start in stride(from: 0, to: rare.count - 20, by: 20) { #expect(Set(rare[start..<start + 20]).count == 20) }
    #expect(rare[0..<20] != rare[20..<40])
    #expect(throws: ClassDistributionError.self) { try ClassAware(labels: labels, classCount: 4, imagesPerClass: 0) }
    #expect(throws: LabelError.self) { try ClassAware(labels: [], classCount: 4) }
  }

  @Test(arguments: [0, 3, 10, 25])
  func progressiveMovesToBalanced(epoch: Int) throws {
    let sampler = try ProgressivelyBalanced(labels: labels, classCount: 4, epochs: 10, epochLength: 40_000)
    let expected = try progressiveProbabilities(
      counts: [600, 80, 0, 20], progress: min(1, Double(epoch) / 10))
    expectClose(sampler.probabilities(epoch: epoch), expected, relative: 1e-15)
    expectFrequencies(sampler.indices(seed: 5, stage: 0, epoch: epoch), expected)
  }

  /// Within a class every image comes equally often.
  @Test func imagesOfAClassAreEven() throws {
    let sampler = try ClassProbabilitySampler(labels: labels, classCount: 4, exponent: 0, epochLength: 60_000)
    var seen: [Int32: Int] = [:]
    for image in sampler.indices(seed: 1, stage: 0, epoch: 0) where labels[Int(image)] == 3 {
      seen[image, default: 0] += 1
    }
    #expect(seen.count == 20)
    for count in seen.values { expectClose(Double(count), 1000, absolute: 5 * 1000.0.squareRoot()) }
  }

  private func expectFrequencies(_ order: [Int32], _ expected: [Double]) {
    var seen = [Int](repeating: 0, count: expected.count)
    for image in order { seen[Int(labels[Int(image)])] += 1 }
    for (count, probability) in zip(seen, expected) {
      let mean = Double(order.count) * probability
      expectClose(Double(count), mean, absolute: 5 * (mean * (1 - probability)).squareRoot())
    }
  }

  @Test func probabilitiesSumToOne() throws {
    try withRandomCases { random in
      let counts = random.integers(Int.random(in: 1...50, using: &random), in: 0...5000) + [1]
      let exponent = Double.random(in: -3...3, using: &random)
      let probabilities = try classProbabilities(counts: counts, exponent: exponent)
      expectClose(probabilities.reduce(0, +), 1, absolute: 1e-12)
      for (count, probability) in zip(counts, probabilities) {
        #expect((count == 0) == (probability == 0), CaseContext.note)
      }
      let scaled = try classProbabilities(counts: counts.map { $0 * 7 }, exponent: exponent)
      expectClose(scaled, probabilities, relative: 1e-12)
      let mixed = try progressiveProbabilities(counts: counts, progress: Double.random(in: 0...1, using: &random))
      expectClose(mixed.reduce(0, +), 1, absolute: 1e-12)
    }
  }

  @Test func refusesBadInput() {
    #expect(throws: LabelError.noLabels) { try InstanceBalanced(imageCount: 0) }
    #expect(throws: LabelError.noLabels) { try ClassProbabilitySampler(labels: [], classCount: 2, exponent: 0) }
    #expect(throws: LabelError.self) { try ClassProbabilitySampler(labels: [2], classCount: 2, exponent: 0) }
    #expect(throws: ClassDistributionError.self) {
      try ClassProbabilitySampler(labels: [0], classCount: 2, exponent: .nan)
    }
    #expect(throws: ClassDistributionError.self) {
      try ClassProbabilitySampler(labels: [0], classCount: 2, exponent: 0, epochLength: 0)
    }
    #expect(throws: LabelError.noLabels) { try ClassAware(labels: [], classCount: 2) }
    #expect(throws: ClassDistributionError.self) { try ClassAware(labels: [0], classCount: 2, imagesPerClass: 0) }
    #expect(throws: ClassDistributionError.self) { try ProgressivelyBalanced(labels: [0], classCount: 2, epochs: 0) }
    #expect(throws: ClassDistributionError.self) { try progressiveProbabilities(counts: [1], progress: 1.5) }
    #expect(throws: ClassDistributionError.self) { try classProbabilities(counts: [0, 0], exponent: 1) }
  }
}
