import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct LongTailTests {
  /// Totals and smallest classes of the published subsets.
  @Test(arguments: [
    (5000, 10, 10.0, 20_431, 500), (5000, 10, 20, 17_023, 250), (5000, 10, 50, 13_996, 100),
    (5000, 10, 100, 12_406, 50), (5000, 10, 200, 11_203, 25), (500, 100, 10, 19_573, 50),
    (500, 100, 20, 15_907, 25), (500, 100, 50, 12_608, 10), (500, 100, 100, 10_847, 5), (500, 100, 200, 9_502, 2),
  ])
  func publishedTotals(maxPerClass: Int, classCount: Int, factor: Double, total: Int, smallest: Int) throws {
    let counts = try LongTailProfile(.exponential, imbalanceFactor: factor)
      .counts(maxPerClass: maxPerClass, classCount: classCount)
    #expect(counts.reduce(0, +) == total)
    #expect(counts.first == maxPerClass)
    #expect(counts.last == smallest)
  }

  @Test func stepKeepsTheFirstHalf() throws {
    let profile = LongTailProfile(.step, imbalanceFactor: 100)
    #expect(try profile.counts(maxPerClass: 500, classCount: 4) == [500, 500, 5, 5])
    #expect(try profile.counts(maxPerClass: 500, classCount: 3) == [500, 500, 5])
    #expect(try profile.counts(maxPerClass: 5000, classCount: 10).reduce(0, +) == 25_250)
  }

  @Test func oneClassAndNoImbalance() throws {
    #expect(try LongTailProfile(.exponential, imbalanceFactor: 7).counts(maxPerClass: 9, classCount: 1) == [9])
    #expect(try LongTailProfile(.exponential, imbalanceFactor: 1).counts(maxPerClass: 9, classCount: 3) == [9, 9, 9])
  }

  @Test func refusesValuesOutOfRange() throws {
    for factor in [0.01, 0, -1, .nan, .infinity] {
      #expect(throws: LongTailError.self) {
        try LongTailProfile(.exponential, imbalanceFactor: factor).counts(maxPerClass: 5, classCount: 2)
      }
    }
    #expect(LongTailError.imbalanceFactor(0.01).description.contains("means 100"))
    let profile = LongTailProfile(.step, imbalanceFactor: 2)
    #expect(throws: LongTailError.self) { try profile.counts(maxPerClass: 0, classCount: 2) }
    #expect(throws: LongTailError.self) { try profile.counts(maxPerClass: 5, classCount: 0) }
  }

  @Test func selectionGroupsByClass() throws {
    let labels: [Int32] = (0..<300).map { $0 % 3 }
    let selected = try LongTailedSelection.indices(labels: labels, counts: [50, 0, 7])
    #expect(selected.count == 57)
    #expect(Set(selected).count == 57)
    #expect(selected.map { labels[Int($0)] } == [Int32](repeating: 0, count: 50) + [Int32](repeating: 2, count: 7))
    #expect(try LongTailedSelection.indices(labels: labels, counts: [50, 0, 7], seed: 1) != selected)
  }

  /// Without the shuffle the first images of each class in file order are kept, whatever the seed.
  @Test func selectionCanTakeTheFirstImages() throws {
    try withRandomCases(5) { generator in
      let labels = generator.integers(90, in: 0...2).map(Int32.init)
      let counts = (0..<3).map { label in labels.count { $0 == label } / (label + 1) }
      let expected = (0..<3).flatMap { label in
        labels.indices.filter { labels[$0] == label }.prefix(counts[label]).map(Int32.init)
      }
      for seed: UInt32 in [0, 7] {
        let selected = try LongTailedSelection.indices(labels: labels, counts: counts, order: .first, seed: seed)
        #expect(selected == expected)
      }
    }
  }

  /// Keeping fewer images of a class keeps a prefix, and does not touch the other classes.
  @Test func smallerCountsKeepPrefixes() throws {
    let labels: [Int32] = (0..<200).map { $0 % 2 }
    let all = try LongTailedSelection.indices(labels: labels, counts: [100, 100])
    let some = try LongTailedSelection.indices(labels: labels, counts: [30, 60])
    #expect(some == Array(all[..<30] + all[100..<160]))
  }

  @Test func selectionRefusesBadInput() {
    #expect(throws: LongTailError.tooFewImages(label: 1, wanted: 3, available: 2)) {
      try LongTailedSelection.indices(labels: [0, 1, 1], counts: [1, 3])
    }
    #expect(throws: LongTailError.negativeCount(label: 0, count: -1)) {
      try LongTailedSelection.indices(labels: [0, 1], counts: [-1, 1])
    }
    #expect(throws: LabelError.outOfRange(label: 2, position: 1, classCount: 2)) {
      try LongTailedSelection.indices(labels: [0, 2], counts: [1, 1])
    }
  }

  /// The published index lists of CIFAR-100-LT, from the real labels.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["LONGTAIL_DATA"] != nil), arguments: [10, 20, 50, 100, 200])
  func publishedLists(factor: Int) throws {
    let data = try #require(ProcessInfo.processInfo.environment["LONGTAIL_DATA"])
    let folder = URL(filePath: data).appending(path: "cifar-100-binary")
    let archive = try Data(contentsOf: folder.appending(path: "train.bin"), options: .mappedIfSafe)
    // A record is a coarse label, a fine label and 3072 pixels.
    let labels = stride(from: 1, to: archive.count, by: 3074).map { Int32(archive[$0]) }
    let counts = try LongTailProfile(.exponential, imbalanceFactor: Double(factor))
      .counts(maxPerClass: 500, classCount: 100)
    let selected = try LongTailedSelection.indices(labels: labels, counts: counts, seed: 0)
    let published = try String(
      contentsOf: folder.appending(path: "train_if\(factor)_seed0.txt"), encoding: .utf8)
    let expected = try published.split(whereSeparator: \.isNewline).map { try #require(Int32($0)) }
    #expect(selected == expected)
  }
}
