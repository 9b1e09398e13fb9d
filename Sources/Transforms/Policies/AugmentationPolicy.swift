/// A rule that draws a few operations for each image.
///
/// In each of `repetitions` rounds one of the alternatives is drawn, all equally likely, and its steps are done in order.
public struct AugmentationPolicy: Sendable, Equatable {
  /// Where the level of steps without one comes from.
  public enum Level: Sendable, Equatable {
    /// The same for all.
    case fixed(Double)
    /// Normally distributed around a level, limited to `0...greatest`; an infinite deviation makes it uniform from 0 to the level.
    case noisy(Double, deviation: Double, greatest: Double)
    /// One of the whole numbers below `count`.
    case uniform(count: Int)
  }

  /// Lists of steps of equal length, of which one is drawn.
  public var alternatives: [[PolicyStep]]
  /// The number of draws per image.
  public var repetitions: Int
  /// The level of steps that fix none.
  public var level: Level

  /// Makes a rule.
  /// - Precondition: there is an alternative, and all have as many steps.
  public init(alternatives: [[PolicyStep]], repetitions: Int = 1, level: Level) {
    precondition(!alternatives.isEmpty, "a policy needs an alternative")
    precondition(alternatives.allSatisfy { $0.count == alternatives[0].count }, "alternatives differ in length")
    self.alternatives = alternatives
    self.repetitions = repetitions
    self.level = level
  }

  /// The same rule with rotations that go counter-clockwise only.
  var rotatingInOneDirection: AugmentationPolicy {
    var rule = self
    for list in rule.alternatives.indices {
      for place in rule.alternatives[list].indices where rule.alternatives[list][place].operation == .rotate {
        rule.alternatives[list][place].direction = .up
      }
    }
    return rule
  }

  /// Operations for each image, from a list of one step each.
  ///
  /// - Source: RandAugment, 2019.
  static func choosing(_ steps: [PolicyStep], count: Int, level: Level) -> AugmentationPolicy {
    AugmentationPolicy(alternatives: steps.map { [$0] }, repetitions: count, level: level)
  }
}

extension PolicyStep {
  /// The fourteen operations that AutoAugment, RandAugment and TrivialAugment draw from, in torchvision's order.
  ///
  /// - Parameters:
  ///   - highest: the level at which strengths are greatest.
  ///   - shear: the greatest shear.
  ///   - shift: the greatest shifts in pixels, across and down.
  ///   - turn: the greatest turn in degrees.
  ///   - change: the greatest change of a factor from 1.
  ///   - bits: how many bits posterize takes away at most.
  static func usual(
    highest: Double, shear: Double, shift: (across: Double, down: Double), turn: Double, change: Double, bits: Double
  ) -> [PolicyStep] {
    func either(_ operation: PolicyOperation, _ greatest: Double, offset: Double = 0, _ rounding: Rounding = .none)
      -> PolicyStep
    {
      PolicyStep(operation, offset: offset, perLevel: greatest / highest, direction: .either, rounding: rounding)
    }
    return [
      PolicyStep(.identity), either(.shearX, shear), either(.shearY, shear),
      either(.translateX, shift.across, .down), either(.translateY, shift.down, .down), either(.rotate, turn),
      either(.brightness, change, offset: 1), either(.saturation, change, offset: 1),
      either(.contrast, change, offset: 1), either(.sharpness, change, offset: 1),
      PolicyStep(.posterize, offset: 8, perLevel: bits / highest, direction: .down, rounding: .nearest),
      PolicyStep(.solarize, offset: 255, perLevel: 255 / highest, direction: .down),
      PolicyStep(.autoContrast), PolicyStep(.equalize),
    ]
  }
}
