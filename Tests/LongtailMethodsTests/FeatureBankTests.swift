import Datasets
import LongtailMethods
import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Features of earlier epochs.
@Suite struct FeatureBankTests {
  private let counts = [9, 4, 1, 0]

  /// Records one epoch of all images in a random order, in batches, and finishes it. Returns what each class brought.
  private func runEpoch(_ bank: FeatureBank, _ generator: inout SeededGenerator, batch: Int = 4) throws -> [[[Double]]]
  {
    let labels = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
      .shuffled(using: &generator)
    let rows = labels.map { _ in generator.numbers(3, in: -1...1) }
    for first in stride(from: 0, to: labels.count, by: batch) {
      let part = first..<min(labels.count, first + batch)
      let features = try Tensor(rows[part].flatMap(\.self), shape: [part.count, 3]).requiringGradient()
      try bank.record(features, labels: Tensor(Array(labels[part])))
    }
    return counts.indices.map { label in zip(rows, labels).filter { $0.1 == label }.map(\.0) }
  }

  private func mean(_ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { axis in rows.reduce(0) { $0 + $1[axis] } / Double(rows.count) }
  }

  /// Against lists that remember everything.
  @Test(arguments: [true, false], [true, false])
  func handsOutWhatListsWould(aligns: Bool, tracksBack: Bool) throws {
    try withRandomCases(4) { generator in
      let plan = try BreadcrumbPlan(counts: counts, perClass: 6)
      #expect(plan.depths == [1, 2, 6, 0])
      #expect(plan.capacities == [6, 4, 1, 0])
      #expect(plan.crumbCount == 18)
      let bank = try FeatureBank(plan, features: 3, aligns: aligns, tracksBack: tracksBack, storage: .float64)
      var history: [[[[Double]]]] = []
      for epoch in 0..<9 {
        history.append(try runEpoch(bank, &generator))
        try bank.finishEpoch()
        #expect(try bank.isReady() == (epoch >= 5))
        guard try bank.isReady() else {
          #expect(throws: FeatureBankError.self) { try bank.assemble() }
          continue
        }
        try bank.assemble()
        var expected: [Double] = []
        for label in 0..<3 {
          let newest = mean(history[epoch][label])
          var rows: [[Double]] = []
          for age in 0..<(tracksBack ? plan.depths[label] : 1) {
            let entry = history[epoch - age][label]
            let own = mean(entry)
            rows += entry.map { row in row.indices.map { aligns ? row[$0] - own[$0] + newest[$0] : row[$0] } }
          }
          // Without back-tracking only what was kept of the newest entry comes again.
          if !tracksBack { rows = Array(rows.prefix(plan.capacities[label])) }
          expected += (0..<6).flatMap { rows[$0 % rows.count] }
        }
        let samples = try bank.samples(at: Tensor.range(0, 18))
        expectClose(try samples.features.doubles(), expected, relative: 1e-12, absolute: 1e-12)
        #expect(try samples.labels.integers() == [0, 1, 2].flatMap { Array(repeating: $0, count: 6) })
        #expect(!samples.features.requiresGradient)
      }
    }
  }

  /// A bank that is saved in the middle of an epoch and read by another goes on as the first would have.
  @Test func statesAreTakenOver() throws {
    let plan = try BreadcrumbPlan(counts: counts, perClass: 6, depth: .atMost(2))
    #expect(plan.depths == [1, 2, 2, 0])
    let banks = try (0..<2).map { _ in try FeatureBank(plan, features: 3) }
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<3 {
      _ = try runEpoch(banks[0], &generator)
      try banks[0].finishEpoch()
    }
    try banks[0].assemble()
    try banks[0].record(Tensor.ones([2, 3]), labels: Tensor([1, 0]))
    for (from, to) in zip(banks[0].state, banks[1].state) {
      #expect(from.name == to.name)
      try to.tensor.copy(from: from.tensor)
    }
    let ends = try Tensor([0, 17])
    #expect(try banks[0].samples(at: ends).features.isEqual(to: banks[1].samples(at: ends).features))
    for bank in banks {
      var same = SeededGenerator(seed: 8)
      _ = try runEpoch(bank, &same)
      try bank.finishEpoch()
      try bank.assemble()
    }
    let all = try Tensor.range(0, plan.crumbCount)
    #expect(try banks[0].samples(at: all).features.isEqual(to: banks[1].samples(at: all).features))
    #expect(banks[0].state.allSatisfy { !$0.tensor.requiresGradient })
  }

  /// A class that an epoch misses keeps its entries; too many of a class are not kept, but count for its mean.
  @Test func unevenEpochs() throws {
    let plan = try BreadcrumbPlan(counts: [2, 1], perClass: 2)
    let bank = try FeatureBank(plan, features: 1, storage: .float64)
    func epoch(_ values: [Double], _ labels: [Int]) throws {
      try bank.record(Tensor(values, shape: [values.count, 1]), labels: Tensor(labels))
      try bank.finishEpoch()
    }
    try epoch([1, 2, 10], [0, 0, 1])
    try epoch([3, 5], [0, 0])
    #expect(try bank.queueLengths() == [1, 1])
    #expect(try !bank.isReady())
    try epoch([7, 9, 20, 14], [0, 0, 1, 0])
    #expect(try bank.isReady())
    try bank.assemble()
    // Class 0 keeps 7 and 9 of an entry with mean 10; class 1 moves its old 10 to the mean 20.
    expectClose(try bank.samples(at: Tensor([0, 1, 2, 3])).features.doubles(), [7, 9, 20, 20], relative: 1e-12)
    try bank.finishEpoch()
    #expect(try bank.isReady())
  }

  @Test func memoryIsToldAndStays() throws {
    // ImageNet-LT by its plan: rows of the bank, handed-out rows, and little else.
    let plan = try BreadcrumbPlan(
      counts: Array(repeating: 500, count: 10) + Array(repeating: 5, count: 10), perClass: 117)
    #expect(plan.rowCount == 10 * 117 + 10 * 24 * 5)
    let bank = try FeatureBank(plan, features: 8, storage: .float16)
    let rows = (plan.rowCount + 1 + plan.crumbCount) * 8 * 2
    #expect(bank.byteCount > rows)
    #expect(bank.byteCount < rows + 60_000)
    let order = bank.order(count: 2048, seed: 3, stage: 1, epoch: 2)
    #expect(order == bank.order(count: 2048, seed: 3, stage: 1, epoch: 2))
    #expect(order != bank.order(count: 2048, seed: 3, stage: 1, epoch: 3))
    #expect(Set(order).count == 2048)
    #expect(bank.order(count: 2400, seed: 3, stage: 1, epoch: 2).count == 2400)
  }

  @Test func impossiblePlansAreRefused() throws {
    #expect(throws: ClassDistributionError.self) { try BreadcrumbPlan(counts: [], perClass: 3) }
    #expect(throws: ClassDistributionError.self) { try BreadcrumbPlan(counts: [1], perClass: 0) }
    #expect(throws: ClassDistributionError.self) { try BreadcrumbPlan(counts: [1], perClass: 3, depth: .atMost(0)) }
    #expect(throws: ClassDistributionError.self) { try BreadcrumbPlan(counts: [1], perClass: 3, rowsPerEpoch: [1, 2]) }
    #expect(throws: ClassDistributionError.self) { try BreadcrumbPlan.perClass(images: 1, batchSize: 0, classes: 2) }
    #expect(throws: ParameterError.self) {
      try FeatureBank(BreadcrumbPlan(counts: [1], perClass: 1), features: 2, storage: .int64)
    }
    #expect(try BreadcrumbPlan(counts: [1, 9], perClass: 3, depth: .constant(4)).depths == [4, 4])
  }
}
