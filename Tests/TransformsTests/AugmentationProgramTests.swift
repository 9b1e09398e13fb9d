import Foundation
import LongtailTestSupport
import Serialization
import Testing
import Torch
import Transforms

/// The whole program: what draws depend on, and how they are distributed.
@Suite struct AugmentationProgramTests {
  /// Everything at once.
  private static let all = Augmentation {
    $0.flipProbability = 0.5
    $0.cutout = .init { $0.size = 5 }
    $0.cutout?.fill = .black
    $0.resizedCrop = .init { $0.minArea = 0.2 }
    $0.rotation = 20
    $0.jitter = .init {
      ($0.brightness, $0.contrast, $0.saturation, $0.hue, $0.probability) = (0.4, 0.4, 0.4, 0.1, 0.8)
    }
    ($0.greyProbability, $0.blurProbability, $0.solarizeProbability) = (0.2, 0.5, 0.2)
    $0.policy = .init {
      ($0.rule, $0.magnitudeNoise, $0.increases, $0.interpolation) = (.variedRandAugment, 0.5, true, .bilinear)
    }
    $0.erasing = .init { $0.probability = 0.4 }
  }

  private static let augmentations = [
    all, .strongCIFAR, .deit,
    Augmentation {
      ($0.cropPadding, $0.flipProbability) = (3, 0.5)
      $0.cutout = .init { $0.size = 4 }
      $0.policy = .init(.trivialAugment)
    },
  ]

  private func images(_ generator: inout SeededGenerator, _ count: Int, _ height: Int = 14, _ width: Int = 12) throws
    -> Tensor
  {
    try Tensor(generator.bytes(count * height * width * 3), shape: [count, height, width, 3])
  }

  private func result(
    _ augmentation: Augmentation, _ images: Tensor, _ places: Tensor, seed: UInt64 = 5, step: Int = 9,
    stream: Int = 0,
    view: Int = 0
  ) throws -> Tensor {
    try augmentation(
      images, places: places, step: Tensor(scalar: step), seed: seed, stream: stream, view: view,
      normalization: .imageNet)
  }

  /// An image looks the same in whatever company: in another order, in a part of the batch, alone.
  @Test(arguments: augmentations.indices) func companyDoesNotMatter(index: Int) throws {
    let augmentation = Self.augmentations[index]
    try withRandomCases(4) { generator in
      let count = 16
      let images = try images(&generator, count)
      let places = try Tensor(generator.integers(count, in: 0...1_000_000))
      let before = try images.clone()
      let whole = try result(augmentation, images, places)
      #expect(whole.shape == [count, 3, 14, 12])
      #expect(whole.dtype == .float32)
      #expect(whole.isContiguous(.channelsLast))
      let order = Array(0..<count).shuffled(using: &generator)
      for part in [order, Array(order.prefix(5)), [order[0]]] {
        let chosen = try Tensor(part)
        let again = try result(augmentation, images.entries(at: chosen), places.entries(at: chosen))
        expectClose(
          try again.doubles(), try whole.entries(at: chosen).doubles(), absolute: 1e-6)
      }
      #expect(try images.isEqual(to: before), "the input is not written to")
    }
  }

  /// What runs on a GPU, worked out for all images and taken over for some, gives what runs on the processor.
  @Test(arguments: augmentations.indices) func wholeBatchesGiveTheSame(index: Int) throws {
    try withRandomCases(3) { generator in
      let images = try images(&generator, 20)
      let places = try Tensor(generator.integers(20, in: 0...1_000_000))
      let parts = try result(Self.augmentations[index], images, places)
      let whole = try HostReads.$areForbidden.withValue(true) {
        try result(Self.augmentations[index], images, places)
      }
      expectClose(try whole.doubles(), try parts.doubles(), absolute: 1e-6)
    }
  }

  @Test(arguments: augmentations.indices) func seedStepStreamAndViewDiffer(index: Int) throws {
    var generator = SeededGenerator(seed: 3)
    let images = try images(&generator, 12)
    let places = try Tensor.range(0, 12)
    let augmentation = Self.augmentations[index]
    let first = try result(augmentation, images, places)
    #expect(try first.isEqual(to: result(augmentation, images, places)))
    #expect(try !first.isEqual(to: result(augmentation, images, places, seed: 6)))
    #expect(try !first.isEqual(to: result(augmentation, images, places, step: 10)))
    #expect(try !first.isEqual(to: result(augmentation, images, places, stream: 1)))
    #expect(try !first.isEqual(to: result(augmentation, images, places, view: 1)))
  }

  /// With a strength of 0, operations that have one leave images as they are.
  @Test func strengthZeroChangesNothing() throws {
    var generator = SeededGenerator(seed: 5)
    let images = try images(&generator, 10)
    let augmentation = Augmentation {
      $0.policy = .init { ($0.rule, $0.magnitude) = (.randAugment, 0) }
    }
    let plain = try AugmentedPixels.of(images, .none, seed: 1, step: 1)
    var same = 0
    let changed = try AugmentedPixels.of(images, augmentation, seed: 1, step: 1)
    for index in 0..<10 where changed[index * 504..<(index + 1) * 504] == plain[index * 504..<(index + 1) * 504] {
      same += 1
    }
    // Of fourteen operations two have no strength, and one inverts the level 255; two draws leave them out with (11/14)^2.
    #expect(same >= 3)
  }

  @Test func blackSquareIsBlackAndMeanSquareIsZero() throws {
    let images = try Tensor.full([30, 9, 9, 3], 200, dtype: .uint8)
    for fill in Augmentation.Cutout.Fill.allCases {
      let augmentation = Augmentation {
        $0.cutout = .init { ($0.size, $0.fill) = (3, fill) }
      }
      let augmented = try result(augmentation, images, .range(0, 30))
      let inside =
        try fill == .mean ? 0.0 : Normalization.imageNet(Tensor.zeros([1, 1, 1, 3], dtype: .uint8)).doubles()[1]
      let outside = try Normalization.imageNet(images).doubles()[81]
      let green = try augmented.selected(axis: 1, index: 1).contiguous().doubles()
      #expect(green.allSatisfy { $0 == inside || $0 == outside })
      #expect((30 * 4...30 * 9).contains(green.count { $0 == inside }))
    }
  }

  /// Factors are uniform within their range, and as many images are changed as asked.
  @Test func jitterIsUniform() throws {
    let count = 4000
    let images = try Tensor.full([count, 1, 1, 3], 100, dtype: .uint8)
    let augmentation = Augmentation {
      $0.jitter = .init { ($0.brightness, $0.probability) = (0.5, 0.75) }
    }
    let levels = try AugmentedPixels.of(images, augmentation, seed: 2, step: 4).enumerated()
      .filter { $0.offset % 3 == 0 }.map { Double($0.element) }
    let changed = levels.filter { $0 != 100 }
    // Levels are whole numbers without their fraction: 50...149, of which 100 cannot be told from no change.
    #expect(changed.min() ?? 0 >= 50)
    #expect(changed.max() ?? 255 <= 149)
    expectClose(Double(changed.count), Double(count) * 0.75 * 0.99, absolute: 6 * 28)
    let halves = (0..<4).map { quarter in changed.count { Int($0 - 50) / 25 == quarter } }
    for quarter in halves { expectClose(Double(quarter), Double(changed.count) / 4, absolute: 6 * 25) }
  }

  /// Windows of a ramp: their areas are uniform between the limits, their forms lie within 3/4...4/3, and they lie inside.
  @Test func resizedCropsAreDistributedAsDescribed() throws {
    let (count, side) = (1500, 100)
    let rows = try Tensor.range(0, side).reshaped([side, 1, 1]).expanded([side, side, 1])
    let columns = try Tensor.range(0, side).reshaped([1, side, 1]).expanded([side, side, 1])
    let ramp = try Tensor.concatenation([rows, columns, rows], axis: 2).to(.uint8).expanded([count, side, side, 3])
    let augmentation = Augmentation {
      $0.resizedCrop = .init { ($0.minArea, $0.size, $0.interpolation) = (0.2, 50, .nearest) }
    }
    let bytes = try AugmentedPixels.of(ramp, augmentation, seed: 3, step: 1).map(Double.init)
    var areas: [Double] = []
    for index in 0..<count {
      let start = index * 50 * 50 * 3
      let end = start + 50 * 50 * 3 - 3
      // Samples lie in the middle of fiftieths.
      let (height, width) = ((bytes[end] - bytes[start]) / 49 * 50, (bytes[end + 1] - bytes[start + 1]) / 49 * 50)
      #expect((0.7...1.43).contains(width / height))
      areas.append(height * width / 10000)
    }
    #expect((areas.min() ?? 0) > 0.17)
    #expect((areas.max() ?? 2) < 1.06)
    // Nearly uniform up to 3/4, above which only some forms fit.
    let counts = (0..<4).map { part in
      areas.count { (0.25 + Double(part) * 0.1..<0.35 + Double(part) * 0.1).contains($0) }
    }
    for found in counts { expectClose(Double(found), Double(counts.reduce(0, +)) / 4, absolute: 6 * 14) }
  }

  @Test func erasingReplacesRectangles() throws {
    let count = 600
    let images = try Tensor.full([count, 20, 20, 3], 90, dtype: .uint8)
    for fill in Augmentation.Erasing.Fill.allCases {
      let augmentation = Augmentation {
        $0.erasing = .init { ($0.probability, $0.fill) = (0.25, fill) }
      }
      let augmented = try result(augmentation, images, .range(0, count))
      let plain = try Normalization.imageNet(images)
      let changed = try (augmented - plain).magnitude().isGreater(than: 0).sum(alongAxes: [1, 2, 3]).doubles()
      let erased = changed.filter { $0 > 0 }
      expectClose(Double(erased.count), 150, absolute: 6 * 10.6)
      // Two percent to a third of 400 pixels, three channels, rounded sides.
      #expect(erased.allSatisfy { (3 * 4...3 * 160).contains(Int($0)) })
      guard fill == .noise else { continue }
      let values = try augmented.doubles()
      let clean = try plain.doubles()
      let noise = zip(values, clean).filter { $0 != $1 }.map(\.0)
      let mean = noise.reduce(0, +) / Double(noise.count)
      let variance = noise.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(noise.count)
      let error = 6 / Double(noise.count).squareRoot()
      expectClose(mean, 0, absolute: error)
      expectClose(variance, 1, absolute: error * 1.5)
    }
  }

  @Test func settingsAreReadAsWritten() throws {
    for augmentation in Self.augmentations {
      let file = try JSONEncoder().encode(augmentation)
      #expect(try JSONDecoder().decode(Augmentation.self, from: file) == augmentation)
    }
  }

  @Test func faultsAreNamed() throws {
    for augmentation in Self.augmentations { try augmentation.requireValid() }
    let wrong = Augmentation {
      ($0.cropPadding, $0.flipProbability) = (-1, 2)
      $0.jitter = .init { $0.hue = 0.7 }
      $0.policy = .init { ($0.rule, $0.magnitude) = (.variedRandAugment, 12) }
      $0.mixing = .init { $0.mixupAlpha = -1 }
    }
    var checks = SettingChecks()
    wrong.check(&checks)
    #expect(
      checks.faults.map(\.path) == [
        "cropPadding", "flipProbability", "jitter.hue", "policy.magnitude", "mixing.mixupAlpha",
      ])
  }
}
