import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct ClassWeightTests {
  /// Mean 1, rarer never lighter, and invariant under a permutation of the classes.
  @Test func effectiveNumberProperties() throws {
    try withRandomCases { random in
      let counts = random.integers(Int.random(in: 1...30, using: &random), in: 0...2000) + [1]
      let beta: Double = [0.0, 0.9, 0.999, 0.9999, 0.999_999].randomElement(using: &random) ?? 0
      let weights = try ClassDistribution(counts: counts).effectiveNumberWeights(beta: beta)
      expectClose(weights.reduce(0, +), Double(counts.count), relative: 1e-12)
      let order = counts.indices.sorted { counts[$0] < counts[$1] }
      for (rarer, commoner) in zip(order, order.dropFirst()) {
        #expect(weights[rarer] >= weights[commoner], CaseContext.note)
      }
      let shuffled = counts.indices.shuffled(using: &random)
      let permuted = try ClassDistribution(counts: shuffled.map { counts[$0] }).effectiveNumberWeights(beta: beta)
      expectClose(permuted, shuffled.map { weights[$0] }, relative: 1e-12)
    }
  }

  @Test func effectiveNumberLimits() throws {
    let classes = try ClassDistribution(counts: [100, 10, 1])
    #expect(try classes.effectiveNumberWeights(beta: 0) == [1, 1, 1])
    let inverse = [0.01, 0.1, 1].map { $0 * 3 / 1.11 }
    expectClose(try classes.effectiveNumberWeights(beta: 1 - 1e-12), inverse, relative: 1e-9)
  }

  @Test func emptyClassesAreFloored() throws {
    let classes = try ClassDistribution(counts: [100, 0])
    let floored = try ClassDistribution(counts: [100, 1])
    #expect(try classes.effectiveNumberWeights(beta: 0.999) == floored.effectiveNumberWeights(beta: 0.999))
    #expect(try classes.marginsByFrequency() == floored.marginsByFrequency())
    #expect(try classes.logPrior(countFloor: 1) == floored.logPrior)
  }

  @Test func marginsFallWithTheFourthRoot() throws {
    let margins = try ClassDistribution(counts: [10_000, 625, 1]).marginsByFrequency(maxMargin: 0.5)
    expectClose(margins, [0.05, 0.1, 0.5], relative: 1e-15)
  }

  @Test func refusesParametersOutOfRange() throws {
    let classes = try ClassDistribution(counts: [2, 1])
    for beta in [-0.1, 1, .nan] {
      #expect(throws: ClassDistributionError.self) { try classes.effectiveNumberWeights(beta: beta) }
    }
    for bad in [-1, Double.nan, .infinity] {
      #expect(throws: ClassDistributionError.self) { try classes.effectiveNumberWeights(beta: 0.9, countFloor: bad) }
      #expect(throws: ClassDistributionError.self) { try classes.marginsByFrequency(maxMargin: bad) }
      #expect(throws: ClassDistributionError.self) { try classes.logPrior(countFloor: bad) }
    }
  }

  /// A floor of 0 changes nothing, and is refused where a class would keep a count of 0.
  @Test func aFloorOfZeroNeedsImagesInEveryClass() throws {
    let classes = try ClassDistribution(counts: [20, 5])
    #expect(try classes.logPrior(countFloor: 0) == classes.logPrior)
    #expect(try classes.marginsByFrequency(maxMargin: 0) == [0, 0])
    let gap = try ClassDistribution(counts: [20, 0])
    #expect(throws: ClassDistributionError.self) { try gap.logPrior(countFloor: 0) }
    #expect(throws: ClassDistributionError.self) { try gap.effectiveNumberWeights(beta: 0.9, countFloor: 0) }
  }
}
