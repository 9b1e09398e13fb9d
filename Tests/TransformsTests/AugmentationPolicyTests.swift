import LongtailTestSupport
import Serialization
import Testing
import Torch
import Transforms

/// Which operations policies draw, and how strong they are.
@Suite struct AugmentationPolicyTests {
  private func steps(_ policy: AugmentationPolicy) -> [PolicyStep] { policy.alternatives.flatMap { $0 } }

  private func step(_ policy: AugmentationPolicy, _ operation: PolicyOperation) throws -> PolicyStep {
    try #require(steps(policy).first { $0.operation == operation })
  }

  /// The published tables: the first, some middle and the last pairs, and how often each operation occurs.
  @Test func autoAugmentHasThePublishedPairs() {
    let cifar = AugmentationPolicy.autoAugmentCIFAR(height: 32, width: 32)
    #expect(cifar.alternatives.count == 25)
    #expect(cifar.repetitions == 1)
    #expect(cifar.alternatives.allSatisfy { $0.count == 2 })
    func row(_ policy: AugmentationPolicy, _ index: Int) -> [String] {
      policy.alternatives[index].map { "\($0.operation) \($0.probability) \(Int($0.level ?? -1))" }
    }
    #expect(row(cifar, 0) == ["invert 0.1 0", "contrast 0.2 6"])
    #expect(row(cifar, 3) == ["shearY 0.5 8", "translateY 0.7 9"])
    #expect(row(cifar, 17) == ["saturation 0.9 9", "equalize 0.6 0"])
    #expect(row(cifar, 24) == ["translateY 0.7 9", "autoContrast 0.9 0"])
    let imageNet = AugmentationPolicy.autoAugmentImageNet(height: 224, width: 224)
    #expect(row(imageNet, 0) == ["posterize 0.4 8", "rotate 0.6 9"])
    #expect(row(imageNet, 18) == ["shearX 0.6 5", "equalize 1.0 0"])
    #expect(row(imageNet, 24) == ["equalize 0.8 0", "equalize 0.6 0"])
    func count(_ policy: AugmentationPolicy, _ operation: PolicyOperation) -> Int {
      steps(policy).count { $0.operation == operation }
    }
    #expect(count(cifar, .equalize) == 9)
    #expect(count(cifar, .autoContrast) == 7)
    #expect(count(cifar, .translateY) == 5)
    #expect(count(imageNet, .equalize) == 17)
    #expect(count(imageNet, .posterize) == 5)
    #expect(count(imageNet, .rotate) == 6)
  }

  /// Strengths of torchvision's tables: `linspace(0, greatest, 10)` and so on.
  @Test func autoAugmentStrengths() throws {
    let policy = AugmentationPolicy.autoAugmentCIFAR(height: 32, width: 40)
    func strength(_ operation: PolicyOperation, _ level: Double, above: Bool = true) throws -> Double {
      var step = try step(policy, operation)
      step.level = level
      return step.strength(level: 0, above: above)
    }
    expectClose(try strength(.shearY, 8), 0.3 * 8 / 9, relative: 1e-12)
    expectClose(try strength(.shearY, 8, above: false), -0.3 * 8 / 9, relative: 1e-12)
    #expect(try strength(.translateX, 9) == 18)
    #expect(try strength(.translateY, 9, above: false) == -14)
    expectClose(try strength(.rotate, 2), 30.0 * 2 / 9, relative: 1e-12)
    expectClose(try strength(.brightness, 7), 1 + 0.7, relative: 1e-12)
    expectClose(try strength(.sharpness, 1, above: false), 0.9, relative: 1e-12)
    // 8 - round(level / 2.25)
    #expect(try [0.0, 1, 2, 5, 6, 7, 8, 9].map { try strength(.posterize, $0) } == [8, 8, 7, 6, 5, 5, 4, 4])
    expectClose(try strength(.solarize, 2), 255.0 * 7 / 9, relative: 1e-12)
  }

  @Test func randAugmentAndTrivialAugmentStrengths() throws {
    let policy = AugmentationPolicy.randAugment(operations: 3, magnitude: 9, height: 32, width: 32)
    #expect(policy.alternatives.count == 14)
    #expect(policy.repetitions == 3)
    #expect(policy.level == .fixed(9))
    expectClose(try step(policy, .rotate).strength(level: 9, above: true), 9, relative: 1e-12)
    expectClose(try step(policy, .saturation).strength(level: 30, above: false), 0.1, relative: 1e-9)
    #expect(try step(policy, .posterize).strength(level: 9, above: true) == 7)
    #expect(try step(policy, .translateX).strength(level: 30, above: true) == 14)
    let wide = AugmentationPolicy.trivialAugment
    #expect(wide.alternatives.count == 14)
    #expect(wide.repetitions == 1)
    #expect(wide.level == .uniform(count: 31))
    expectClose(try step(wide, .rotate).strength(level: 30, above: false), -135, relative: 1e-12)
    #expect(try step(wide, .translateY).strength(level: 30, above: true) == 32)
    #expect(try step(wide, .posterize).strength(level: 30, above: true) == 2)
  }

  /// The formulas of the image-model library timm for levels 0...10.
  @Test func variedRandAugmentStrengths() throws {
    let rising = AugmentationPolicy.variedRandAugment(
      operations: 2, magnitude: 9, deviation: 0.5, isIncreasing: true, height: 224, width: 192)
    let plain = AugmentationPolicy.variedRandAugment(
      operations: 2, magnitude: 9, deviation: 0, isIncreasing: false, height: 224, width: 192)
    #expect(rising.alternatives.count == 15)
    #expect(steps(rising).allSatisfy { $0.probability == 0.5 })
    #expect(rising.level == .noisy(9, deviation: 0.5, greatest: 10))
    #expect(plain.level == .fixed(9))
    for level in [0.0, 1, 4.7, 9, 10] {
      func check(_ policy: AugmentationPolicy, _ operation: PolicyOperation, _ above: Double, _ below: Double) throws {
        expectClose(try step(policy, operation).strength(level: level, above: true), above, absolute: 1e-9)
        expectClose(try step(policy, operation).strength(level: level, above: false), below, absolute: 1e-9)
      }
      let bits = (level / 10 * 4).rounded(.down)
      try check(plain, .posterize, bits, bits)
      try check(rising, .posterize, 4 - bits, 4 - bits)
      let threshold = min(256, (level / 10 * 256).rounded(.down))
      try check(plain, .solarize, threshold, threshold)
      try check(rising, .solarize, 256 - threshold, 256 - threshold)
      try check(rising, .solarizeAdd, (level / 10 * 110).rounded(.down), (level / 10 * 110).rounded(.down))
      try check(plain, .contrast, level / 10 * 1.8 + 0.1, level / 10 * 1.8 + 0.1)
      try check(rising, .contrast, max(0.1, 1 + level / 10 * 0.9), max(0.1, 1 - level / 10 * 0.9))
      try check(rising, .translateX, level / 10 * 0.45 * 192, -level / 10 * 0.45 * 192)
      try check(rising, .translateY, level / 10 * 0.45 * 224, -level / 10 * 0.45 * 224)
      try check(rising, .shearX, level / 10 * 0.3, -level / 10 * 0.3)
      try check(rising, .rotate, level * 3, -level * 3)
    }
  }

  /// What a policy does to an image, from scalar draws and single operations.
  private func expected(
    _ image: Tensor, _ policy: AugmentationPolicy, place: Int, seed: UInt64, step: Int, stream: Int, fill: Int,
    interpolation: PolicyInterpolation
  ) throws -> [UInt8] {
    let random = Philox4x32(seed: seed, purpose: .augmentation)
    func block(_ row: Int) -> Philox4x32.Block {
      random.block(step: UInt64(step), sample: UInt32(place), draw: UInt32(stream << 8 + 64 + row))
    }
    func integer(_ word: UInt32, below bound: Int) -> Int { Int((UInt64(word) * UInt64(bound)) >> 32) }
    var result = image
    let length = policy.alternatives[0].count
    for round in 0..<policy.repetitions {
      let alternative = policy.alternatives[integer(block(2 * round * length).x, below: policy.alternatives.count)]
      for (place, step) in alternative.enumerated() {
        let words = block(2 * (round * length + place))
        guard Double(Philox4x32.uniform(words.y) as Float) < step.probability else { continue }
        let level: Double =
          switch policy.level {
          case .fixed(let level): level
          case .uniform(let count): Double(integer(words.w, below: count))
          case .noisy(let level, _, _): level
          }
        let further = block(2 * (round * length + place) + 1)
        let between: Interpolation =
          switch interpolation {
          case .nearest: .nearest
          case .bilinear: .bilinear
          case .bicubic: .bicubic
          case .bicubicShear: [.shearX, .shearY].contains(step.operation) ? .bicubic : .nearest
          case .bilinearOrBicubic: (Philox4x32.uniform(further.w) as Float) < 0.5 ? .bicubic : .bilinear
          }
        result = try step.operation(
          result, magnitude: step.strength(level: level, above: (Philox4x32.uniform(words.z) as Float) < 0.5),
          fill: fill, interpolation: between)
      }
    }
    return try result.contiguous().values(as: UInt8.self)
  }

  @Test(arguments: [
    Augmentation.Policy.Rule.autoAugmentCIFAR, .autoAugmentImageNet, .randAugment, .variedRandAugment, .trivialAugment,
  ])
  func programEqualsSingleOperationsInOrder(policy: Augmentation.Policy.Rule) throws {
    try expectSingleOperations(policy, .nearest)
  }

  @Test(arguments: PolicyInterpolation.allCases)
  func everyInterpolationIsThatOfSingleOperations(interpolation: PolicyInterpolation) throws {
    try expectSingleOperations(.trivialAugment, interpolation, count: 24, cases: 1)
    try expectSingleOperations(.autoAugmentCIFAR, interpolation, rotatesOneWay: true, count: 24, cases: 1)
  }

  private func expectSingleOperations(
    _ policy: Augmentation.Policy.Rule, _ interpolation: PolicyInterpolation, rotatesOneWay: Bool = false,
    count: Int = 40,
    cases: Int = 4
  ) throws {
    let fixture = try #require(OperationFixture.shared)
    let augmentation = Augmentation {
      $0.policy = .init {
        ($0.rule, $0.operations, $0.magnitude, $0.fill) = (policy, 3, 8, 60)
        ($0.interpolation, $0.rotatesInOneDirection) = (interpolation, rotatesOneWay)
      }
    }
    let rule = try #require(augmentation.policy).policy(height: fixture.height, width: fixture.width)
    try withRandomCases(cases) { generator in
      let sources = (0..<count).map { _ in Int.random(in: 0..<fixture.count, using: &generator) }
      let places = (0..<count).map { _ in Int.random(in: 0..<4096, using: &generator) }
      let (seed, step) = (generator.next(), Int.random(in: 0..<100_000, using: &generator))
      let images = try fixture.tensor().entries(at: Tensor(sources))
      let actual = try AugmentedPixels.of(images, augmentation, places: places, seed: seed, step: step, stream: 3)
      let size = actual.count / count
      for index in 0..<count {
        let wanted = try expected(
          images.narrowed(axis: 0, start: index, count: 1), rule, place: places[index], seed: seed, step: step,
          stream: 3, fill: 60, interpolation: interpolation)
        #expect(Array(actual[index * size..<(index + 1) * size]) == wanted, "image \(index) \(CaseContext.note)")
      }
    }
  }

  /// In the form of published long-tail code AutoAugment turns one way; in torchvision's it turns either way.
  @Test func rotationsGoOneWayWhereThatIsPublished() throws {
    func rotations(_ augmentation: Augmentation) throws -> Set<PolicyStep.Direction> {
      let rule = try #require(augmentation.policy).policy(height: 32, width: 32)
      return Set(rule.alternatives.joined().filter { $0.operation == .rotate }.map(\.direction))
    }
    #expect(try rotations(.strongCIFAR) == [.up])
    var usual = Augmentation.strongCIFAR
    usual.policy?.rotatesInOneDirection = false
    #expect(try rotations(usual) == [.either])
  }

  /// What comes in from outside has its own level for each colour.
  @Test(arguments: Interpolation.allCases) func coloursComeInFromOutside(interpolation: Interpolation)
    throws
  {
    let images = try Tensor.full([2, 6, 6, 3], 9, dtype: .uint8)
    let operations = PolicyOperations(
      kinds: try Tensor([PolicyOperation.translateX.rawValue, PolicyOperation.rotate.rawValue]),
      magnitudes: try Tensor([4.0, 45.0]), possible: [.translateX, .rotate], fill: [124, 116, 104],
      interpolation: interpolation)
    let moved = try operations(images).contiguous().values(as: UInt8.self)
    // The left column of the first image, and a corner of the second.
    #expect(Array(moved[0..<3]) == [124, 116, 104])
    #expect(Array(moved[6 * 6 * 3..<6 * 6 * 3 + 3]) == [124, 116, 104])
    #expect(Array(moved[15..<18]) == [9, 9, 9])
  }
}
