import DataLoading
import Datasets
import LongtailTestSupport
import Testing
import Torch

/// The class-balanced stream.
@Suite struct StreamResampledTests {
  private let counts = [100, 20, 5, 0, 1]
  private var labels: [Int32] {
    counts.enumerated().flatMap { Array(repeating: Int32($0.offset), count: $0.element) }
  }

  @Test func ratesKeepTheExpectedLength() throws {
    let rule = try StreamResampling(counts: counts)
    #expect(rule.ratios[3] == 0)
    expectClose(zip(rule.ratios, counts).reduce(0) { $0 + $1.0 * Double($1.1) }, 126, relative: 1e-12)
    for label in [0, 1, 2, 4] {
      let expected = (rule.baseCopies[label] + rule.extraCopyProbabilities[label]) * rule.keepProbabilities[label]
      expectClose(expected, rule.ratios[label], relative: 1e-12)
    }
    #expect(throws: ClassDistributionError.self) { try StreamResampling(counts: [0, 0]) }
  }

  /// Over many epochs each class with images comes equally often.
  @Test(arguments: [1, 10, 1000])
  func classesComeEquallyOften(bufferSize: Int) throws {
    let sampler = try StreamResampled(labels: labels, classCount: 5, bufferSize: bufferSize)
    #expect(sampler.epochLength == 126)
    var hits = [0, 0, 0, 0, 0]
    for epoch in 0..<300 {
      let indices = sampler.indices(seed: 4, stage: 0, epoch: epoch)
      #expect(indices.count == 126)
      for index in indices { hits[Int(labels[Int(index)])] += 1 }
    }
    #expect(hits[3] == 0)
    for label in [0, 1, 2, 4] { expectClose(Double(hits[label]), 300 * 31.5, relative: 0.05) }
  }

  @Test func epochsRepeatThemselves() throws {
    let sampler = try StreamResampled(labels: labels, classCount: 5, epochLength: 300)
    let first = sampler.indices(seed: 4, stage: 1, epoch: 2)
    #expect(first == sampler.indices(seed: 4, stage: 1, epoch: 2))
    #expect(
      first != sampler.indices(seed: 4, stage: 1, epoch: 3) && first != sampler.indices(seed: 4, stage: 0, epoch: 2))
    #expect(first.count == 300)
    #expect(throws: LabelError.self) { try StreamResampled(labels: [], classCount: 5) }
    #expect(throws: ClassDistributionError.self) {
      try StreamResampled(labels: labels, classCount: 5, bufferSize: 0)
    }
  }
}
