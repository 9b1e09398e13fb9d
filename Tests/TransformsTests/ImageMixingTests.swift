import DataLoading
import LongtailTestSupport
import Testing
import Torch
import Transforms

/// Blended pairs and inserted rectangles.
@Suite struct ImageMixingTests {
  private func mixing(
    _ share: Double, cut: Bool, middle: [Int], pairs: Augmentation.Mixing.Pairs = .reversed, count: Int = 2
  ) throws -> ImageMixing {
    ImageMixing(
      shares: try Tensor.full([count], share, dtype: .float64),
      isCut: try Tensor(Array(repeating: cut, count: count)),
      middle: (
        row: try Tensor(Array(repeating: middle[0], count: count)),
        column: try Tensor(Array(repeating: middle[1], count: count))
      ), pairs: pairs)
  }

  /// Two images of one channel, 4 x 4: 0.1, 0.2, ... 3.2.
  private func images() throws -> Tensor {
    try Tensor((1...32).map { Float($0) / 10 }, shape: [2, 1, 4, 4])
  }

  @Test func blendingWorkedOutByHand() throws {
    let (images, labels) = try mixing(0.6, cut: false, middle: [0, 0])(images(), labels: Tensor([0, 2]))
    let first = (1...16).map { number -> Double in 0.06 * Double(number) + 0.04 * Double(number + 16) }
    let second = (1...16).map { number -> Double in 0.04 * Double(number) + 0.06 * Double(number + 16) }
    expectClose(try images.doubles(), first + second, relative: 1e-6)
    #expect(try labels.others.integers() == [2, 0])
    expectClose(try labels.ownShares.doubles(), [0.6, 0.6], relative: 1e-6)
  }

  /// A quarter of the area in the middle: rows and columns 1 and 2.
  @Test func insideRectangle() throws {
    let (images, labels) = try mixing(0.75, cut: true, middle: [2, 2])(images(), labels: Tensor([1, 2]))
    let values = try images.doubles()
    let taken = [5, 6, 9, 10]
    for place in 0..<16 {
      let own = Double(place + 1) / 10
      expectClose(values[place], taken.contains(place) ? own + 1.6 : own, relative: 1e-6)
      expectClose(values[16 + place], taken.contains(place) ? own : own + 1.6, relative: 1e-6)
    }
    #expect(try labels.ownShares.doubles() == [0.75, 0.75])
    #expect(try labels.others.integers() == [2, 1])
  }

  /// `sqrt(0.7) 4` is 3 whole pixels, half of which is 1; at a corner one by two of four by four are left.
  @Test func clippedRectangleGivesItsAreaBack() throws {
    let (images, labels) = try mixing(0.3, cut: true, middle: [0, 3])(images(), labels: Tensor([1, 0]))
    let values = try images.doubles()
    expectClose(Array(values[0..<4]), [0.1, 0.2, 1.9, 2.0], relative: 1e-6)
    expectClose(Array(values[4..<16]), (5...16).map { Double($0) / 10 }, relative: 1e-6)
    #expect(try labels.ownShares.doubles() == [0.875, 0.875])
  }

  @Test func rolledPairsTakeTheOneBefore() throws {
    let images = try Tensor([Float](arrayLiteral: 1, 2, 3), shape: [3, 1, 1, 1])
    let (mixed, labels) = try mixing(0.5, cut: false, middle: [0, 0], pairs: .rolled, count: 3)(
      images, labels: Tensor([7, 8, 9]))
    expectClose(try mixed.doubles(), [2, 1.5, 2.5], relative: 1e-6)
    #expect(try labels.others.integers() == [9, 7, 8])
  }

  /// Means 1/2 and variances 1 / (4 (2 a + 1)) of Beta(a, a), and the arcsine law for a = 1/2.
  @Test(arguments: [0.05, 0.2, 0.5, 0.8, 1, 2, 8, 50]) func quantilesHaveTheMomentsOfBeta(alpha: Double) throws {
    let values = BetaQuantiles.of(alpha).values
    #expect(values.count == 2049)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    if alpha <= 1 {
      #expect((0..<1e-5).contains(values[0]))
      #expect(values[2048] > 1 - 1e-5)
    }
    let count = 100_000
    let uniform = try (Tensor.range(0, count, dtype: .float64) + 0.5) * (1 / Double(count))
    let drawn = try BetaQuantiles.of(alpha)(uniform).doubles()
    let mean = drawn.reduce(0, +) / Double(count)
    let variance = drawn.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(count)
    expectClose(mean, 0.5, absolute: 1e-6)
    expectClose(variance, 1 / (4 * (2 * alpha + 1)), relative: 2e-3)
    if alpha == 1 { expectClose(values[512], 0.25, absolute: 1e-12) }
    if alpha == 0.5 {
      // The quantile of p is sin(pi p / 2)^2.
      expectClose(values[512], 0.146_446_609_406_726_24, relative: 1e-9)
    }
  }

  @Test func drawsDependOnSeedAndStepAlone() throws {
    let images = try Tensor.ones([6, 3, 8, 8])
    let labels = try Tensor([0, 1, 2, 3, 4, 5])
    func shares(_ augmentation: Augmentation, seed: UInt64 = 1, step: Int = 1) throws -> [Double] {
      let (_, mixed) = try augmentation.mix(
        images, labels: labels, places: .range(0, 6), step: Tensor(scalar: step), seed: seed)
      return try #require(mixed).ownShares.doubles()
    }
    var augmentation = Augmentation.deit
    let batch = try shares(augmentation)
    #expect(Set(batch).count == 1)
    #expect(try shares(augmentation) == batch)
    #expect(try shares(augmentation, seed: 2) != batch)
    #expect(try shares(augmentation, step: 2) != batch)
    augmentation.mixing?.isPerImage = true
    #expect(try Set(shares(augmentation)).count > 3)
    augmentation.mixing?.probability = 0
    #expect(
      try augmentation.mix(images, labels: labels, places: .range(0, 6), step: Tensor(scalar: 0), seed: 1).labels == nil
    )
  }

  /// Half of the batches are cut where both are on, and shares are spread as Beta says.
  @Test func bothKindsOccur() throws {
    let images = try Tensor(
      [Float](repeating: 0, count: 8 * 8) + [Float](repeating: 1, count: 8 * 8), shape: [2, 1, 8, 8])
    let augmentation = Augmentation {
      $0.mixing = .init {
        ($0.mixupAlpha, $0.cutmixAlpha, $0.cutmixShare, $0.probability) = (0.8, 1, 0.3, 0.9)
      }
    }
    var (cut, blended, plain) = (0, 0, 0)
    for step in 0..<600 {
      let (mixed, labels) = try augmentation.mix(
        images, labels: Tensor([0, 1]), places: .range(0, 2), step: Tensor(scalar: step), seed: 4)
      let values = Set(try mixed.selected(axis: 0, index: 0).doubles())
      let share = try #require(labels).ownShares.doubles()[0]
      if share == 1 {
        plain += 1
      } else if values.isSubset(of: [0, 1]) {
        cut += 1
        let ones = try mixed.selected(axis: 0, index: 0).mean().item()
        expectClose(ones, 1 - share, absolute: 1e-6)
      } else {
        blended += 1
        expectClose(try #require(values.first), 1 - share, absolute: 1e-6)
      }
    }
    // Small rectangles vanish, so a few cut batches count as plain.
    expectClose(Double(blended), 600 * 0.9 * 0.7, absolute: 6 * 12)
    #expect(cut > 90)
    #expect(plain > 30)
    #expect(cut + plain + blended == 600)
  }

  @Test func mainLabelIsTheLargerPart() throws {
    let batch = Batch(
      images: try Tensor.zeros([3, 1, 1, 1]), labels: try Tensor([1, 2, 3]), indices: try Tensor([0, 1, 2]),
      mixed: MixedLabels(others: try Tensor([3, 2, 1]), ownShares: try Tensor([Float](arrayLiteral: 0.2, 0.5, 0.9))))
    #expect(try batch.mainLabels.integers() == [3, 2, 3])
  }
}
