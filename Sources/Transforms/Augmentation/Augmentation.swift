import Serialization

/// Random transforms of training images, as one batched tensor program: every parameter is drawn by a counter, so that
/// it depends only on the run's seed, the stream, the step and the image's position in the global batch, not on threads
/// or ranks. (The position, not the image: a re-sampling stream may hold an image twice in one batch, and each copy is
/// transformed in its own way.)
///
/// The order: crop (padded or resized), flip, rotation, colour jitter, grayscale, blur, solarize, policy, black Cutout;
/// then normalisation, mean Cutout, random erasing, mixing of pairs.
///
/// Images stay integer levels 0...255 until they are normalised, as Pillow keeps them.
public struct Augmentation: Settings {
  /// Black pixels added on each side before a window of the original size is cropped at random; 0 for no crop.
  @Within(0...16_384, note: "pixels") public var cropPadding = 0
  /// The probability of a horizontal flip.
  @Within(0...1) public var flipProbability = 0.0
  /// The greatest rotation in degrees, either way; pixels from outside are black.
  @Within(0...180, note: "degrees") public var rotation = 0.0
  /// A random resized crop; nil for none.
  public var resizedCrop: ResizedCrop?
  /// Colour jitter; nil for none.
  public var jitter: Jitter?
  /// The probability that an image becomes grayscale.
  @Within(0...1) public var greyProbability = 0.0
  /// The probability of a Gaussian blur with a standard deviation of 0.1 to 2 pixels.
  @Within(0...1) public var blurProbability = 0.0
  /// The probability that the upper half of the levels is inverted.
  @Within(0...1) public var solarizeProbability = 0.0
  /// A policy that draws operations for each image, such as AutoAugment; nil for none.
  public var policy: Policy?
  /// Cutout; nil for none.
  public var cutout: Cutout?
  /// Random erasing; nil for none.
  public var erasing: Erasing?
  /// Mixup and CutMix; nil for none.
  public var mixing: Mixing?

  /// No transform.
  public init() {}

  /// What values must be together.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(cropPadding == 0 || resizedCrop == nil, "cropPadding", cropPadding, "0 where resizedCrop is set")
  }

  /// Whether images are mixed in pairs, so that labels are too.
  public var mixes: Bool { mixing?.mixes ?? false }
}
