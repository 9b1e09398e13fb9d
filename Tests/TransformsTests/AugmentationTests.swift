import LongtailTestSupport
import Testing
import Torch
import Transforms

/// Augmentation of images against a plain computation, pixel by pixel, from the same draws.
@Suite struct AugmentationTests {
  /// Leaves the values 0 to 255 as they are, so that geometry can be compared exactly.
  private static let identity = Normalization(
    mean: [0, 0, 0], standardDeviation: [1.0 / 255, 1.0 / 255, 1.0 / 255])

  /// Random images with their places in a data set.
  private struct Images {
    let count: Int
    let height: Int
    let width: Int
    let bytes: [UInt8]
    let indices: [Int]

    init(using generator: inout SeededGenerator, count: Int, height: Int, width: Int) {
      (self.count, self.height, self.width) = (count, height, width)
      // No zeros, so that padding and cut-out squares are told from pixels.
      bytes = generator.integers(count * height * width * 3, in: 1...255).map(UInt8.init)
      indices = generator.integers(count, in: 0...1_000_000)
    }

    func tensor() throws -> Tensor { try Tensor(bytes, shape: [count, height, width, 3]) }

    func pixel(_ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> UInt8 {
      guard (0..<height).contains(row), (0..<width).contains(column) else { return 0 }
      return bytes[((image * height + row) * width + column) * 3 + channel]
    }
  }

  /// What the augmentation should give, in channel order `[image][channel][row][column]`.
  private func expected(
    _ images: Images, _ augmentation: Augmentation, seed: UInt64, step: UInt64, normalization: Normalization
  ) -> [Float] {
    let random = Philox4x32(seed: seed, purpose: .augmentation)
    func integer(_ word: UInt32, below bound: Int) -> Int { Int((UInt64(word) * UInt64(bound)) >> 32) }
    var result: [Float] = []
    for (image, index) in images.indices.enumerated() {
      let window = random.block(step: step, sample: UInt32(index), draw: 0)
      let square = random.block(step: step, sample: UInt32(index), draw: 1)
      let range = 2 * augmentation.cropPadding + 1
      let (down, right) = (integer(window.x, below: range), integer(window.y, below: range))
      let share: Float = Philox4x32.uniform(window.z)
      let isMirrored = Double(share) < augmentation.flipProbability
      let cutout = augmentation.cutout?.size ?? 0
      let top = integer(square.x, below: images.height) - cutout / 2
      let left = integer(square.y, below: images.width) - cutout / 2
      for channel in 0..<3 {
        let mean = Float(normalization.mean[channel] * 255)
        let deviation = Float(normalization.standardDeviation[channel] * 255)
        for row in 0..<images.height {
          for column in 0..<images.width {
            let isCut =
              (top..<top + cutout).contains(row)
              && (left..<left + cutout).contains(column)
            let source = (isMirrored ? images.width - 1 - column : column) + right - augmentation.cropPadding
            let value = images.pixel(image, row + down - augmentation.cropPadding, source, channel)
            result.append(isCut ? 0 : (Float(value) - mean) / deviation)
          }
        }
      }
    }
    return result
  }

  private func result(
    _ images: Images, _ augmentation: Augmentation, seed: UInt64, step: Int, normalization: Normalization
  ) throws -> Tensor {
    try augmentation(
      images.tensor(), places: Tensor(images.indices), step: Tensor(scalar: step), seed: seed,
      normalization: normalization)
  }

  @Test(arguments: [
    Augmentation.none, .cropAndFlip, Augmentation { $0.flipProbability = 1 },
    Augmentation { $0.cropPadding = 9 },
    Augmentation { $0.cutout = .init { $0.size = 5 } },
    Augmentation {
      ($0.cropPadding, $0.flipProbability) = (2, 0.3)
      $0.cutout = .init { $0.size = 4 }
    },
    Augmentation {
      ($0.cropPadding, $0.flipProbability) = (1, 0.5)
      $0.cutout = .init { $0.size = 100 }
    },
  ])
  func pixelsEqualThePlainComputation(augmentation: Augmentation) throws {
    try withRandomCases(12) { generator in
      let images = Images(
        using: &generator, count: Int.random(in: 1...6, using: &generator),
        height: Int.random(in: 1...9, using: &generator), width: Int.random(in: 1...9, using: &generator))
      let seed = generator.next()
      let step = Int(generator.next() >> UInt64.random(in: 2...63, using: &generator))
      for normalization in [Normalization.cifar, .imageNet] {
        let actual = try result(images, augmentation, seed: seed, step: step, normalization: normalization)
        #expect(actual.shape == [images.count, 3, images.height, images.width])
        #expect(actual.dtype == .float32)
        let wanted = expected(images, augmentation, seed: seed, step: UInt64(step), normalization: normalization)
        #expect(try actual.floats() == wanted, CaseContext.note)
      }
    }
  }

  /// Geometry alone, as bytes.
  @Test func geometryMovesBytesUnchanged() throws {
    var generator = SeededGenerator(seed: 40)
    let images = Images(using: &generator, count: 40, height: 8, width: 8)
    let augmentation = Augmentation {
      ($0.cropPadding, $0.flipProbability) = (3, 0.5)
      $0.cutout = .init { $0.size = 3 }
    }
    let actual = try result(images, augmentation, seed: 2, step: 77, normalization: Self.identity)
    let wanted = expected(images, augmentation, seed: 2, step: 77, normalization: Self.identity)
    #expect(try actual.rounded().to(.uint8).values(as: UInt8.self) == wanted.map { UInt8($0.rounded()) })
    #expect(actual.isContiguous(.channelsLast))
  }

  /// An image looks the same in whatever company: alone, in another order, in another batch.
  @Test func companyDoesNotMatter() throws {
    let augmentation = Augmentation {
      ($0.cropPadding, $0.flipProbability) = (4, 0.5)
      $0.cutout = .init { $0.size = 6 }
    }
    try withRandomCases(10) { generator in
      let images = Images(using: &generator, count: 9, height: 12, width: 12)
      let whole = try result(images, augmentation, seed: 8, step: 1234, normalization: .cifar)
      let order = Array(0..<9).shuffled(using: &generator).prefix(Int.random(in: 1...9, using: &generator))
      let chosen = try Tensor(Array(order))
      let part = try augmentation(
        images.tensor().entries(at: chosen), places: Tensor(images.indices).entries(at: chosen),
        step: Tensor(scalar: 1234), seed: 8, normalization: .cifar)
      #expect(try part.isEqual(to: whole.entries(at: chosen)), CaseContext.note)
    }
  }

  @Test func stepsSeedsAndImagesDiffer() throws {
    var generator = SeededGenerator(seed: 41)
    let images = Images(using: &generator, count: 20, height: 16, width: 16)
    let augmentation = Augmentation.cropAndFlip
    let first = try result(images, augmentation, seed: 8, step: 5, normalization: .cifar)
    #expect(try first.isEqual(to: result(images, augmentation, seed: 8, step: 5, normalization: .cifar)))
    #expect(try !first.isEqual(to: result(images, augmentation, seed: 8, step: 6, normalization: .cifar)))
    #expect(try !first.isEqual(to: result(images, augmentation, seed: 9, step: 5, normalization: .cifar)))
    #expect(try !first.isEqual(to: result(images, augmentation, seed: 8, step: 5 + 1 << 32, normalization: .cifar)))
  }

  /// Windows and mirrors are uniform: each of nine by nine places and both sides, within six standard deviations.
  @Test func drawsAreUniform() throws {
    let count = 16_200
    let marked = try Tensor.zeros([1, 9, 9, 3], dtype: .uint8)
    try marked.selected(axis: 1, index: 4).selected(axis: 1, index: 3).fill(255)
    let images = try marked.expanded([count, 9, 9, 3])
    let moved = try Augmentation { ($0.cropPadding, $0.flipProbability) = (4, 0.5) }(
      images, places: Tensor.range(0, count), step: Tensor(scalar: 3), seed: 1, normalization: Self.identity)
    let places = try moved.selected(axis: 1, index: 0).contiguous().reshaped([count, 81])
    let hits = try (places / 255.0).rounded().sum(alongAxes: [0]).doubles()
    // Row: 4 + 4 - down. Column: 3 + 4 - right, or mirrored 5 + right' ... each within the image for the window's place.
    let rows = (0..<9).map { row in hits[row * 9..<row * 9 + 9].reduce(0, +) }
    let visible = rows.reduce(0, +) / Double(count)
    // Column 3 leaves the window for one of nine places, plain or mirrored.
    expectClose(visible, 8.0 / 9, absolute: 6 * (8.0 / 81 / Double(count)).squareRoot())
    for row in rows {
      let expected = Double(count) * visible / 9
      expectClose(row, expected, absolute: 6 * expected.squareRoot())
    }
  }

  @Test func normalizationIsWorkedOutByHand() throws {
    let image = try Tensor([UInt8(0), 51, 255], shape: [1, 1, 1, 3])
    let rule = Normalization(mean: [0.5, 0.2, 0.25], standardDeviation: [0.25, 0.1, 0.5])
    let values = try rule(image)
    #expect(values.shape == [1, 3, 1, 1])
    expectClose(try values.doubles(), [-2, 0, 1.5], relative: 1e-6, absolute: 1e-7)
    #expect(Augmentation.none == Augmentation())
  }
}
