import Foundation
import LongtailTestSupport
import Objectives
import Testing
import Torch

/// Losses against their formulas in plain numbers.
@Suite struct LossFormulaTests {
  private func logSoftmax(_ row: ArraySlice<Double>) -> [Double] {
    let largest = row.max() ?? 0
    let logSum = largest + log(row.reduce(0) { $0 + exp($1 - largest) })
    return row.map { $0 - logSum }
  }

  /// The cross-entropy of each row.
  private func crossEntropies(_ sample: ObjectiveSample, _ logits: [Double]) -> [Double] {
    sample.labels.enumerated().map { row, label in
      -logSoftmax(logits[row * sample.classes..<(row + 1) * sample.classes])[label]
    }
  }

  @Test func smoothedCrossEntropy() throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator)
      let share = Double.random(in: 0..<1, using: &generator)
      let rows = sample.labels.enumerated().map { row, label in
        let logs = logSoftmax(sample.logits[row * sample.classes..<(row + 1) * sample.classes])
        return -(1 - share) * logs[label] - share * logs.reduce(0, +) / Double(sample.classes)
      }
      let expected = rows.reduce(0, +) / Double(sample.rows)
      expectClose(try sample.loss(CrossEntropyLoss(labelSmoothing: share)), expected, relative: 1e-12)
    }
    #expect(throws: ObjectiveError.self) { try CrossEntropyLoss(labelSmoothing: 1) }
    #expect(throws: ObjectiveError.self) { try CrossEntropyLoss(labelSmoothing: -0.1) }
  }

  @Test func classBalanced() throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator)
      let beta = Double.random(in: 0..<0.9999, using: &generator)
      let raw = sample.counts.map { (1 - beta) / (1 - pow(beta, Double($0))) }
      let weights = raw.map { $0 * Double(sample.classes) / raw.reduce(0, +) }
      let rows = zip(sample.labels, crossEntropies(sample, sample.logits)).map { weights[$0] * $1 }
      let present = sample.labels.reduce(0) { $0 + weights[$1] }
      let objective = try ClassBalancedLoss(counts: sample.counts, beta: beta)
      expectClose(try sample.loss(objective), rows.reduce(0, +) / present, relative: 1e-9)
      let byRows = try ClassBalancedLoss(counts: sample.counts, beta: beta, division: .rows)
      expectClose(try sample.loss(byRows), rows.reduce(0, +) / Double(sample.rows), relative: 1e-9)
    }
  }

  @Test func focal() throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator)
      let gamma = Double.random(in: 0...4, using: &generator)
      let weights = generator.numbers(sample.classes, in: 0...2)
      let entropies = crossEntropies(sample, sample.logits)
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(sample.rows) }
      let plain = entropies.map { pow(1 - exp(-$0), gamma) * $0 }
      expectClose(try sample.loss(FocalLoss(gamma: gamma)), mean(plain), relative: 1e-10)
      let outside = zip(sample.labels, plain).map { weights[$0] * $1 }
      expectClose(try sample.loss(FocalLoss(gamma: gamma, classWeights: weights)), mean(outside), relative: 1e-10)
      let inside = zip(sample.labels, entropies).map { weights[$0] * $1 }.map { pow(1 - exp(-$0), gamma) * $0 }
      expectClose(
        try sample.loss(FocalLoss(gamma: gamma, classWeights: weights, mode: .weightInside)), mean(inside),
        relative: 1e-10)
    }
    #expect(throws: ObjectiveError.self) { try FocalLoss(gamma: -1) }
    #expect(throws: ObjectiveError.self) { try FocalLoss(gamma: .nan) }
    #expect(throws: ObjectiveError.self) { try FocalLoss(classWeights: [1, -1]) }
  }

  /// For `gamma` below 1 the gradient of a confident row goes to 0 although one of its factors goes to infinity:
  /// with `c = -log p` near 0 it is `(1 + gamma) c^gamma`.
  @Test func focalGradientOfConfidentRows() throws {
    for gap in [10.0, 30, 36, 40, 700, 2000] {
      let sample = ObjectiveSample(logits: [[gap, 0]], labels: [0], counts: [1, 1])
      let entropy = log1p(exp(-gap))
      let wrong = exp(-gap) / (1 + exp(-gap))
      let slope = -1.5 * entropy.squareRoot() * wrong
      expectClose(try sample.gradient(FocalLoss(gamma: 0.5)), [slope, -slope], relative: 1e-4, absolute: 1e-22)
    }
  }

  @Test func ldam() throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator, scale: 1)
      let roots = sample.counts.map { pow(Double($0), -0.25) }
      let margins = roots.map { 0.5 * $0 / (roots.max() ?? 1) }
      var logits = sample.logits.map { $0 * 10 }
      for (row, label) in sample.labels.enumerated() { logits[row * sample.classes + label] -= 10 * margins[label] }
      let expected = crossEntropies(sample, logits).reduce(0, +) / Double(sample.rows)
      let objective = try LDAMLoss(counts: sample.counts, scale: 10, logitsAreScaled: false)
      expectClose(objective.margins, margins, relative: 1e-13)
      expectClose(try sample.loss(objective), expected, relative: 1e-12)
      let scaled = sample.with(logits: sample.logits.map { $0 * 10 })
      expectClose(try scaled.loss(LDAMLoss(counts: sample.counts, scale: 10)), expected, relative: 1e-12)
      expectClose(
        try scaled.loss(LDAMLoss(counts: sample.counts, maxMargin: 0)), try scaled.loss(CrossEntropyLoss()),
        relative: 1e-13)
    }
  }

  @Test func posthocAdjustmentSubtractsThePrior() throws {
    let logits = try Tensor([1.0, 2, 3, 4], shape: [2, 2])
    let adjusted = try PriorAdjustment.posthoc(logits, counts: [99, 0], tau: 2, countFloor: 1)
    let prior = [log(0.99), log(0.01)]
    expectClose(
      try adjusted.doubles(), [1 - 2 * prior[0], 2 - 2 * prior[1], 3 - 2 * prior[0], 4 - 2 * prior[1]], relative: 1e-14)
    expectClose(try PriorAdjustment.logPrior(counts: [99, 0]), prior, relative: 1e-14)
    #expect(throws: ObjectiveError.self) { try PriorAdjustment.posthoc(logits, counts: [9, 9, 9]) }
  }
}
