extension AugmentationPolicy {
  /// Some operations of fourteen, all of one strength.
  ///
  /// - Parameters:
  ///   - operations: how many in a row.
  ///   - magnitude: the strength, 0...30.
  ///   - height: of the images, in pixels.
  ///   - width: of the images, in pixels.
  /// - Source: RandAugment: Practical automated data augmentation with a reduced search space, 2019, in torchvision's form.
  public static func randAugment(operations: Int, magnitude: Double, height: Int, width: Int) -> AugmentationPolicy {
    choosing(
      PolicyStep.usual(
        highest: 30, shear: 0.3, shift: (150.0 / 331 * Double(width), 150.0 / 331 * Double(height)), turn: 30,
        change: 0.9, bits: 4),
      count: operations, level: .fixed(magnitude))
  }

  /// One operation of fourteen, of any strength up to a great one.
  ///
  /// - Source: TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation, ICCV 2021, the wide space.
  public static let trivialAugment = choosing(
    PolicyStep.usual(highest: 30, shear: 0.99, shift: (32, 32), turn: 135, change: 0.99, bits: 6), count: 1,
    level: .uniform(count: 31))

  /// Some operations of fifteen, each applied to half of the images, of a strength that varies: the form of the image-model library
  /// timm, written there as `rand-n2-m9-mstd0.5-inc1`.
  ///
  /// - Parameters:
  ///   - operations: how many in a row.
  ///   - magnitude: the strength, 0...10.
  ///   - deviation: the standard deviation of the strength; an infinite one makes it uniform from 0 to `magnitude`.
  ///   - isIncreasing: whether every operation changes images more at greater strength. Otherwise some do the opposite: posterize and
  ///     solarize change most at 0, and colour operations at both ends.
  ///   - height: of the images, in pixels.
  ///   - width: of the images, in pixels.
  public static func variedRandAugment(
    operations: Int, magnitude: Double, deviation: Double, isIncreasing: Bool, height: Int, width: Int
  ) -> AugmentationPolicy {
    func step(
      _ operation: PolicyOperation, _ perLevel: Double = 0, offset: Double = 0,
      _ direction: PolicyStep.Direction = .up, _ rounding: PolicyStep.Rounding = .none,
      least: Double = -.greatestFiniteMagnitude
    ) -> PolicyStep {
      PolicyStep(
        operation, probability: 0.5, offset: offset, perLevel: perLevel, direction: direction, rounding: rounding,
        least: least)
    }
    func enhance(_ operation: PolicyOperation) -> PolicyStep {
      isIncreasing
        ? step(operation, 0.09, offset: 1, .either, least: 0.1) : step(operation, 0.18, offset: 0.1)
    }
    let steps = [
      step(.autoContrast), step(.equalize), step(.invert), step(.rotate, 3, .either),
      isIncreasing ? step(.posterize, 0.4, offset: 4, .down, .down) : step(.posterize, 0.4, .up, .down),
      isIncreasing ? step(.solarize, 25.6, offset: 256, .down, .down) : step(.solarize, 25.6, .up, .down),
      step(.solarizeAdd, 11, .up, .down), enhance(.saturation), enhance(.contrast), enhance(.brightness),
      enhance(.sharpness), step(.shearX, 0.03, .either), step(.shearY, 0.03, .either),
      step(.translateX, 0.045 * Double(width), .either), step(.translateY, 0.045 * Double(height), .either),
    ]
    return choosing(
      steps, count: operations,
      level: deviation == 0 ? .fixed(magnitude) : .noisy(magnitude, deviation: deviation, greatest: 10))
  }
}
