import DataLoading
import Datasets
import Foundation
import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// The sampler whose class rates are learned.
@Suite struct MetaSamplerTests {
  private let counts = [40, 12, 0, 3]
  private var labels: [Int32] {
    counts.enumerated().flatMap { Array(repeating: Int32($0.offset), count: $0.element) }
  }

  private func step(_ number: Int) throws -> Tensor { try Tensor(scalar: number) }

  @Test func powersBeginBetweenInstanceAndClassBalance() throws {
    let even = try MetaSamplerInitialization(counts: counts, power: 0)
    expectClose(even.imageProbabilities[0], 1 / 55, relative: 1e-12)
    let balanced = try MetaSamplerInitialization(counts: counts, power: 1)
    expectClose([0, 1, 3].map { balanced.classProbabilities[$0] }, [1.0 / 3, 1.0 / 3, 1.0 / 3], relative: 1e-12)
    #expect(balanced.classProbabilities[2] == 0)
    #expect(balanced.scores.allSatisfy { $0.isFinite })
    // The rarest and the most frequent class are opposite numbers, at any ratio.
    let wide = try MetaSamplerInitialization(counts: [1, 1_000_000_000_000], power: 2)
    expectClose(wide.scores[0], -wide.scores[1], relative: 1e-12)
    let low = try MetaSamplerInitialization(counts: [5, 5], scores: [-900, -901])
    expectClose(low.classProbabilities[0] / low.classProbabilities[1], exp(1), relative: 1e-9)
    #expect(throws: ClassDistributionError.self) { try MetaSamplerInitialization(counts: counts, power: .nan) }
    #expect(throws: ClassDistributionError.self) { try MetaSamplerInitialization(counts: counts, scores: [1]) }
  }

  /// 40,000 draws lie within five standard deviations of the class probabilities, whichever way they are made.
  @Test(arguments: MetaSampler.Drawing.allCases)
  func drawsFollowTheRates(drawing: MetaSampler.Drawing) throws {
    let sampler = try MetaSampler(labels: labels, classCount: 4, power: 0.5, drawing: drawing)
    try sampler.scores.detached().copy(from: Tensor([Float(0.2), -0.5, 3, 1.5]))
    let expected = try sampler.classProbabilities().doubles()
    #expect(expected[2] == 0)
    var (hits, images) = ([0, 0, 0, 0], [Int](repeating: 0, count: labels.count))
    for number in 0..<20 {
      let draw = try sampler.draw(2000, seed: 7, step: step(number))
      for (image, label) in zip(try draw.indices.integers(), try draw.labels.integers()) {
        #expect(Int(labels[image]) == label)
        hits[label] += 1
        images[image] += 1
      }
    }
    for (hit, share) in zip(hits, expected) {
      #expect(abs(Double(hit) - 40_000 * share) <= 5 * (40_000 * share * (1 - share)).squareRoot())
    }
    // Images of one class are drawn alike.
    let each = 40_000 * expected[0] / 40
    #expect(images[..<40].allSatisfy { abs(Double($0) - each) < 5.5 * each.squareRoot() })
  }

  @Test func drawsRepeatThemselves() throws {
    for drawing in MetaSampler.Drawing.allCases {
      let sampler = try MetaSampler(labels: labels, classCount: 4, drawing: drawing)
      let first = try sampler.draw(33, seed: 1, step: step(4)).indices.integers()
      #expect(try sampler.draw(33, seed: 1, step: step(4)).indices.integers() == first)
      #expect(try sampler.draw(33, seed: 1, step: step(5)).indices.integers() != first)
      #expect(try sampler.draw(33, seed: 2, step: step(4)).indices.integers() != first)
    }
    let state = try MetaSampler(labels: labels, classCount: 4, power: 0.3).parameters
    #expect(state.map(\.name) == ["class_scores"])
    #expect(state[0].tensor.requiresGradient)
  }

  /// Passes over chunks give what one pass over all images gives, and that is the plain softmax.
  @Test func chunksAreJoined() throws {
    var generator = SeededGenerator(seed: 2)
    let own = try Tensor(labels.map(Int.init))
    let noise = try Tensor(generator.numbers(55 * 6, in: -3...9), shape: [55, 6])
    let scores = try Tensor([0.2, -40, 1, 3.0])
    let logProbabilities = try scores.logSigmoid()
    let values = try (logProbabilities.entries(at: own).expandingAxis(1) + noise).transposed(0, 1)
    let softmax = try values.softmax(alongAxis: 1)
    let sums = try softmax.matrixProduct(own.oneHot(classes: 4).to(.float64))
    for chunk in [1, 7, 54, 55, 1000] {
      let draw = try MetaDraw.byImage(logProbabilities: logProbabilities, labels: own, count: 6, chunk: chunk) {
        try noise.narrowed(axis: 0, start: $0, count: $1)
      }
      #expect(try draw.indices.integers() == values.indexOfMax(alongAxis: 1).integers())
      expectClose(try draw.shares.doubles(), try softmax.max(alongAxes: [1]).doubles(), relative: 1e-12)
      expectClose(try draw.classShares.doubles(), try sums.doubles(), relative: 1e-11, absolute: 1e-15)
    }
  }

  /// The gradient equals the autograd gradient of the softmax at the drawn indices.
  @Test func theGradientIsStraightThrough() throws {
    var generator = SeededGenerator(seed: 5)
    let own = try Tensor(labels.map(Int.init))
    let noise = try Tensor(generator.numbers(55 * 5, in: -2...5), shape: [55, 5])
    let scores = try Tensor([0.2, -0.7, 1, 2.0]).requiringGradient()
    let draw = try withoutGradients {
      try MetaDraw.byImage(logProbabilities: scores.logSigmoid(), labels: own, count: 5, chunk: 10) {
        try noise.narrowed(axis: 0, start: $0, count: $1)
      }
    }
    let slopes = try Tensor(generator.numbers(5, in: -1...1))
    let values = try (scores.logSigmoid().entries(at: own).expandingAxis(1) + noise).transposed(0, 1)
    let chosen = try values.softmax(alongAxis: 1).gathered(axis: 1, index: draw.indices.expandingAxis(1))
    let expected = try gradients(of: [(chosen.squeezed(axis: 1) * slopes).sum()], withRespectTo: [scores])[0]
    let found = try draw.gradient(scores: scores.detached(), drawGradients: slopes)
    expectClose(try found.doubles(), try expected?.doubles() ?? [], relative: 1e-10, absolute: 1e-15)
    #expect(!found.requiresGradient)
  }

  @Test func largeSetsDrawClassesFirst() throws {
    let large = [Int32](repeating: 0, count: MetaSampler.largestExactCount) + [1]
    #expect(try MetaSampler(labels: large, classCount: 2).drawing == .byClass)
    #expect(try MetaSampler(labels: labels, classCount: 4).drawing == .byImage)
    let sampler = try MetaSampler(labels: labels, classCount: 4)
    try sampler.scores.detached().copy(from: Tensor([Float(40), -40, 0, 1]))
    try sampler.clampScores(to: 15)
    #expect(try sampler.scores.floats() == [15, -15, 0, 1])
  }

  /// The processor's one pass gives what passes over chunks of the same noise give.
  @Test func theKernelEqualsTheOperations() throws {
    let sampler = try MetaSampler(labels: labels, classCount: 4, power: 0.7)
    let step = try step(1_000_000_007)
    let kernel = try sampler.draw(37, seed: 1 << 40 | 3, step: step)
    let logProbabilities = try sampler.scores.detached().logSigmoid()
    let generator = Philox4x32(seed: 1 << 40 | 3, purpose: .adaptiveSampling)
    let operations = try MetaDraw.byImage(
      logProbabilities: logProbabilities, labels: Tensor(labels.map(Int.init)), count: 37, chunk: 16
    ) { first, count in
      let words = try generator.words(step: step, samples: Tensor.range(first, first + count), draws: 0..<10)
      let joined = try Tensor.stack(words, axis: 1).reshaped([40, count]).narrowed(axis: 0, start: 0, count: 37)
      let uniform = try (joined.shiftedRight(by: 9).to(.float32) + 0.5) * 0x1p-23
      return try (-((-(uniform.log())).log())).transposed(0, 1)
    }
    #expect(try kernel.indices.isEqual(to: operations.indices))
    #expect(try kernel.labels.isEqual(to: operations.labels))
    expectClose(try kernel.shares.doubles(), try operations.shares.doubles(), relative: 2e-5)
    expectClose(
      try kernel.classShares.doubles(), try operations.classShares.doubles(), relative: 2e-5, absolute: 1e-8)
  }
}
