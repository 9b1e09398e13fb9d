import Serialization

extension Augmentation {
  /// A policy that draws operations for each image.
  public struct Policy: Settings {
    /// The policies that can be chosen by name.
    public enum Rule: String, Sendable, Codable, CaseIterable {
      /// AutoAugment's 25 pairs for CIFAR-10.
      case autoAugmentCIFAR
      /// AutoAugment's 25 pairs for ImageNet.
      case autoAugmentImageNet
      /// Some operations of one strength, as in torchvision.
      case randAugment
      /// Some operations of varying strength, each on half of the images, as in timm.
      case variedRandAugment
      /// One operation of any strength.
      case trivialAugment
    }

    /// The rule.
    public var rule = Rule.trivialAugment
    /// Operations in a row, for `randAugment` and `variedRandAugment`.
    @Within(1...16) public var operations = 2
    /// The strength: 0...30 for `randAugment`, 0...10 for `variedRandAugment`.
    @Within(0...30) public var magnitude = 9.0
    /// The standard deviation of the strength, for `variedRandAugment`.
    @Within(0...100) public var magnitudeNoise = 0.0
    /// Whether all operations of `variedRandAugment` change images more at greater strength.
    public var increases = false
    /// Whether rotations go counter-clockwise only, instead of either way: as in the AutoAugment of most published
    /// long-tail code.
    public var rotatesInOneDirection = false
    /// How operations that move pixels interpolate.
    public var interpolation = PolicyInterpolation.nearest
    /// The level of pixels from outside, 0...255.
    @Within(0...255) public var fill = 128
    /// Whether pixels from outside have the mean colour of ImageNet, red 124, green 116, blue 104, in place of `fill`.
    public var fillsMean = false

    /// TrivialAugment.
    public init() {}

    /// A rule with the defaults of its other values.
    public init(_ rule: Rule) { self.rule = rule }

    /// What values must be together.
    public func checkTogether(_ checks: inout SettingChecks) {
      checks.require(
        rule != .variedRandAugment || magnitude <= 10, "magnitude", magnitude,
        "within 0...10 with rule=variedRandAugment")
    }

    /// The policy for images of a size.
    public func policy(height: Int, width: Int) -> AugmentationPolicy {
      let published = publishedPolicy(height: height, width: width)
      return rotatesInOneDirection ? published.rotatingInOneDirection : published
    }

    private func publishedPolicy(height: Int, width: Int) -> AugmentationPolicy {
      switch rule {
      case .autoAugmentCIFAR: .autoAugmentCIFAR(height: height, width: width)
      case .autoAugmentImageNet: .autoAugmentImageNet(height: height, width: width)
      case .randAugment: .randAugment(operations: operations, magnitude: magnitude, height: height, width: width)
      case .variedRandAugment:
        .variedRandAugment(
          operations: operations, magnitude: magnitude, deviation: magnitudeNoise, isIncreasing: increases,
          height: height, width: width)
      case .trivialAugment: .trivialAugment
      }
    }

    /// The levels of red, green and blue of pixels from outside.
    var fillLevels: [Int] { fillsMean ? [124, 116, 104] : [fill, fill, fill] }
  }
}
