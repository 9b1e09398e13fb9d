import LongtailTestSupport
import Objectives
import Testing
import Torch

/// What holds for every objective.
@Suite struct ObjectiveBatteryTests {
  /// Each partial derivative against the central difference over 2e-5; rounding of the loss limits both to about 1e-9.
  @Test(arguments: ObjectiveKind.all)
  func gradientIsTheSlope(kind: ObjectiveKind) throws {
    try withRandomCases(8) { generator in
      let sample = ObjectiveSample(using: &generator)
      let objective = try kind.make(sample.counts)
      let slopes = try sample.logits.indices.map { index in
        try difference(over: 1e-5) { shift in
          var logits = sample.logits
          logits[index] += shift
          return try sample.with(logits: logits).loss(objective)
        }
      }
      expectClose(try sample.gradient(objective), slopes, relative: 1e-6, absolute: 1e-7)
    }
  }

  /// The second derivative along a random direction against the difference of gradients.
  @Test(arguments: ObjectiveKind.all)
  func secondDerivativeIsTheSlopeOfTheGradient(kind: ObjectiveKind) throws {
    try withRandomCases(4) { generator in
      let sample = ObjectiveSample(using: &generator)
      let objective = try kind.make(sample.counts)
      let direction = generator.numbers(sample.logits.count, in: -1...1)
      let leaf = try sample.leaf()
      let loss = try objective.loss(logits: leaf, labels: sample.labelTensor())
      let first = try #require(try gradients(of: [loss], withRespectTo: [leaf], createGraph: true)[0])
      let along = try (first * Tensor(direction, shape: first.shape)).sum()
      let second = try #require(try gradients(of: [along], withRespectTo: [leaf])[0])
      func gradient(at shift: Double) throws -> [Double] {
        try sample.with(logits: zip(sample.logits, direction).map { $0 + shift * $1 }).gradient(objective)
      }
      let (above, below) = (try gradient(at: 1e-5), try gradient(at: -1e-5))
      expectClose(
        try second.doubles(), zip(above, below).map { ($0 - $1) / 2e-5 }, relative: 1e-5, absolute: 1e-6)
    }
  }

  @Test(arguments: ObjectiveKind.all)
  func rowsOfTheGradientSumToZero(kind: ObjectiveKind) throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator, scale: 20)
      let gradient = try sample.gradient(kind.make(sample.counts))
      let sums = (0..<sample.rows).map { row in
        gradient[row * sample.classes..<(row + 1) * sample.classes].reduce(0, +)
      }
      expectClose(sums, Array(repeating: 0, count: sample.rows), absolute: 1e-12)
    }
  }

  @Test(arguments: ObjectiveKind.all.filter(\.isCrossEntropyForEqualCounts))
  func equalCountsMakeItCrossEntropy(kind: ObjectiveKind) throws {
    try withRandomCases(20) { generator in
      var sample = ObjectiveSample(using: &generator)
      sample.counts = Array(repeating: Int.random(in: 1...900, using: &generator), count: sample.classes)
      let objective = try kind.make(sample.counts)
      expectClose(try sample.loss(objective), try sample.loss(CrossEntropyLoss()), relative: 1e-13, absolute: 1e-14)
      expectClose(
        try sample.gradient(objective), try sample.gradient(CrossEntropyLoss()), relative: 1e-12, absolute: 1e-14)
    }
  }

  @Test(arguments: ObjectiveKind.all.filter(\.ignoresScaleOfCounts))
  func scalingAllCountsChangesNothing(kind: ObjectiveKind) throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator)
      let factor = Int.random(in: 2...1000, using: &generator)
      let (plain, scaled) = (try kind.make(sample.counts), try kind.make(sample.counts.map { $0 * factor }))
      expectClose(try sample.loss(scaled), try sample.loss(plain), relative: 1e-12)
      expectClose(try sample.gradient(scaled), try sample.gradient(plain), relative: 1e-11, absolute: 1e-14)
    }
  }

  @Test(arguments: ObjectiveKind.all)
  func permutingClassesPermutesTheGradient(kind: ObjectiveKind) throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator)
      let order = Array(0..<sample.classes).shuffled(using: &generator)
      let other = sample.permuted(order)
      let (plain, permuted) = (try kind.make(sample.counts), try kind.make(other.counts))
      expectClose(try other.loss(permuted), try sample.loss(plain), relative: 1e-12, absolute: 1e-14)
      let expected = sample.with(logits: try sample.gradient(plain)).permuted(order).logits
      expectClose(try other.gradient(permuted), expected, relative: 1e-11, absolute: 1e-14)
    }
  }

  /// The loss of a batch is put together from sums and denominators: those of its parts must add up.
  @Test(arguments: ObjectiveKind.all)
  func partsOfABatchAddUp(kind: ObjectiveKind) throws {
    try withRandomCases(20) { generator in
      let sample = ObjectiveSample(using: &generator)
      let objective = try kind.make(sample.counts)
      let whole = try objective.term(logits: sample.leaf(), labels: sample.labelTensor())
      var (sum, denominator) = (0.0, 0.0)
      for row in 0..<sample.rows {
        let logits = try sample.leaf().narrowed(axis: 0, start: row, count: 1)
        let part = try objective.term(logits: logits, labels: Tensor([sample.labels[row]]))
        sum += try part.sum.item()
        denominator += try value(of: part.denominator)
      }
      expectClose(try whole.sum.item(), sum, relative: 1e-12, absolute: 1e-14)
      expectClose(try value(of: whole.denominator), denominator, relative: 1e-12)
      expectClose(try whole.mean().item(), sum / denominator, relative: 1e-12, absolute: 1e-14)
      #expect(!whole.couplesSamples)
      #expect(whole.weight == 1)
    }
  }

  /// Half-precision logits give a single-precision loss.
  @Test(arguments: ObjectiveKind.all, [DType.bfloat16, .float16, .float32])
  func lossesAreComputedInSinglePrecision(kind: ObjectiveKind, dtype: DType) throws {
    var generator = SeededGenerator(seed: 5)
    let sample = ObjectiveSample(using: &generator)
    let short = try sample.leaf().detached().to(dtype)
    let objective = try kind.make(sample.counts)
    let loss = try objective.loss(logits: short, labels: sample.labelTensor())
    #expect(loss.dtype == .float32)
    #expect(loss.shape == [])
    let rounded = sample.with(logits: try short.doubles())
    expectClose(try loss.item(), try rounded.loss(objective), relative: 2e-6)
    let leaf = try short.detached().requiringGradient()
    let gradient = try gradients(
      of: [objective.loss(logits: leaf, labels: sample.labelTensor())], withRespectTo: [leaf])[0]
    #expect(gradient?.dtype == dtype)
  }

  @Test(arguments: ObjectiveKind.all.filter(\.knowsClassCount))
  func anotherNumberOfClassesIsRefused(kind: ObjectiveKind) throws {
    let objective = try kind.make([10, 20, 30])
    let logits = try Tensor.zeros([2, 4])
    let error = #expect(throws: ObjectiveError.self) {
      try objective.loss(logits: logits, labels: Tensor([0, 1]))
    }
    #expect(error == .classCount(expected: 3, actual: 4))
  }

  /// Losses and derivatives are finite for certain correct and certain wrong predictions.
  @Test(arguments: ObjectiveKind.all, [DType.float32, .float64])
  func extremeLogitsStayFinite(kind: ObjectiveKind, dtype: DType) throws {
    let sample = ObjectiveSample(
      logits: [[900, -900, 0], [900, -900, 0], [0, 0, 0]], labels: [0, 1, 2], counts: [100, 10, 1])
    let leaf = try sample.leaf().detached().to(dtype).requiringGradient()
    let loss = try kind.make(sample.counts).loss(logits: leaf, labels: sample.labelTensor())
    let first = try #require(try gradients(of: [loss], withRespectTo: [leaf], createGraph: true)[0])
    let second = try #require(try gradients(of: [(first * first).sum()], withRespectTo: [leaf])[0])
    #expect(try loss.item().isFinite)
    #expect(try first.doubles().allSatisfy(\.isFinite))
    #expect(try second.doubles().allSatisfy(\.isFinite))
  }

  /// Class weights, offsets and denominators are constants.
  @Test(arguments: ObjectiveKind.all)
  func constantsGetNoGradient(kind: ObjectiveKind) throws {
    var generator = SeededGenerator(seed: 3)
    let sample = ObjectiveSample(using: &generator)
    let objective = try kind.make(sample.counts)
    let leaf = try sample.leaf()
    let term = try objective.term(logits: leaf, labels: sample.labelTensor())
    if case .value(let denominator) = term.denominator { #expect(!denominator.requiresGradient) }
    if let weights = objective.averaging.weights { #expect(try !weights.tensor(like: leaf).requiresGradient) }
    #expect(term.sum.requiresGradient)
    // Without recording there is nothing to differentiate.
    let silent = try withoutGradients { try objective.loss(logits: leaf, labels: sample.labelTensor()) }
    #expect(!silent.requiresGradient)
  }

  private func difference(over step: Double, _ value: (Double) throws -> Double) throws -> Double {
    try (value(step) - value(-step)) / (2 * step)
  }

  private func value(of denominator: LossTerm.Denominator) throws -> Double {
    switch denominator {
    case .count(let count): Double(count)
    case .value(let tensor): try tensor.item()
    }
  }
}
