/// Random changes to training images, as one batched tensor program: every parameter is drawn by a counter, so that it depends only on
/// the run's seed, the stream, the step and the position of the image in the global batch, not on threads or ranks. (The place, not the
/// image: a re-sampling stream may hold an image twice in one batch, and each copy is changed in its own way.)
///
/// Changes are made in this order, each left out at its default: cut out (by padding or resized), mirror, turn, colour jitter, grey,
/// blur, solarize, policy, black square; then normalisation, mean square, erased rectangle, mixing of pairs.
///
/// Images stay whole levels 0...255 until they are normalised, as Pillow keeps them.
public struct Augmentation: Sendable, Codable, Equatable {
  /// Black pixels added on each side before a window of the original size is cut out at random; 0 for none.
  public var cropPadding: Int
  /// The share of images that are mirrored left to right.
  public var flipProbability: Double
  /// The side in pixels of a square that is blotted out around a random pixel; 0 for none.
  ///
  /// Source: Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
  public var cutoutSize: Int
  /// What the square becomes: `mean` (0 after normalisation) or `black` (0 before, as in published long-tail code).
  public var cutoutFill = CutoutFill.mean

  /// The least share of the image's area in a random rectangle that is cut out and resized; 0 for none. The greatest share is 1.
  public var resizedCropArea = 0.0
  /// The side in pixels that rectangles are resized to; 0 for the side that the images have.
  public var resizedCropSize = 0
  /// How rectangles are resized.
  public var resizedCropInterpolation = Interpolation.bilinear
  /// The greatest random turn in degrees, either way; what comes in from outside is black.
  public var rotation = 0.0

  /// The greatest change of the brightness factor from 1.
  public var brightness = 0.0
  /// The greatest change of the contrast factor from 1.
  public var contrast = 0.0
  /// The greatest change of the saturation factor from 1.
  public var saturation = 0.0
  /// The greatest turn of the hue in full turns, up to 0.5.
  public var hue = 0.0
  /// The share of images whose brightness, contrast, saturation and hue are changed, in random order.
  public var jitterProbability = 1.0
  /// The share of images that lose their colours.
  public var greyProbability = 0.0
  /// The share of images that are blurred, with a standard deviation of 0.1 to 2 pixels.
  public var blurProbability = 0.0
  /// The share of images whose upper half of levels is inverted.
  public var solarizeProbability = 0.0

  /// A rule that draws operations for each image.
  public var policy = Policy.none
  /// Operations in a row, for `randAugment` and `variedRandAugment`.
  public var policyOperations = 2
  /// The strength: 0...30 for `randAugment`, 0...10 for `variedRandAugment`.
  public var policyMagnitude = 9.0
  /// The standard deviation of the strength, for `variedRandAugment`.
  public var policyMagnitudeNoise = 0.0
  /// Whether all operations of `variedRandAugment` change more at greater strength.
  public var policyIncreases = false
  /// Whether the policy's rotations go counter-clockwise only, instead of either way: as in the AutoAugment of most published long-tail code.
  public var policyRotatesInOneDirection = false
  /// How the policy's operations read between pixels.
  public var policyInterpolation = PolicyInterpolation.nearest
  /// The level of what moves in from outside, 0...255.
  public var policyFill = 128
  /// Whether what moves in from outside has the mean colour of ImageNet, red 124, green 116, blue 104, in place of `policyFill`.
  public var policyFillsMean = false

  /// The share of images that lose a rectangle of 2 to 33 percent of the area, after normalisation.
  public var erasingProbability = 0.0
  /// What the rectangle becomes: `noise` (a number per pixel) or `zero`.
  public var erasingFill = ErasingFill.noise

  /// The parameter of the Beta distribution of the share by which two images are blended; 0 for no blending.
  public var mixupAlpha = 0.0
  /// The parameter of the Beta distribution of the area that stays when a rectangle of another image is put in; 0 for none.
  public var cutmixAlpha = 0.0
  /// Where both are on, how often a rectangle is put in instead of blending.
  public var cutmixShare = 0.5
  /// The share of batches (or images, where each has its own share) that are mixed.
  public var mixingProbability = 1.0
  /// Whether each image has its own share, instead of one for the batch.
  public var mixesPerImage = false
  /// The other image of each: `reversed` (the last for the first) or `rolled` (the one before).
  public var mixingPairs = MixingPairs.reversed

  /// No change.
  public static let none = Augmentation(cropPadding: 0, flipProbability: 0, cutoutSize: 0)
  /// The usual crop and flip of CIFAR.
  public static let cropAndFlip = Augmentation(cropPadding: 4, flipProbability: 0.5, cutoutSize: 0)
  /// Crop, flip, AutoAugment and a black square of 16 pixels: the strong changes of published long-tail work on CIFAR, whose AutoAugment
  /// rotates one way and shears bicubic.
  public static let strongCIFAR = Augmentation(cropPadding: 4, flipProbability: 0.5, cutoutSize: 16) {
    $0.cutoutFill = .black
    $0.policy = .autoAugmentCIFAR
    ($0.policyRotatesInOneDirection, $0.policyInterpolation) = (true, .bicubicShear)
  }
  /// A random rectangle of 8 percent of the area or more, resized, and flip.
  public static let resizedCropAndFlip = Augmentation(cropPadding: 0, flipProbability: 0.5, cutoutSize: 0) {
    $0.resizedCropArea = 0.08
  }
  /// The changes of DeiT: resized crop, flip, varied RandAugment, erased rectangles, pairs mixed in two ways.
  ///
  /// Source: Training data-efficient image transformers & distillation through attention, ICML 2021.
  public static let deit = Augmentation(cropPadding: 0, flipProbability: 0.5, cutoutSize: 0) {
    $0.resizedCropArea = 0.08
    $0.resizedCropInterpolation = .bicubic
    $0.policy = .variedRandAugment
    $0.policyMagnitudeNoise = 0.5
    $0.policyIncreases = true
    $0.policyInterpolation = .bicubic
    $0.erasingProbability = 0.25
    $0.mixupAlpha = 0.8
    $0.cutmixAlpha = 1
  }

  /// Chooses what is changed.
  ///
  /// - Parameters:
  ///   - cropPadding: black pixels added on each side before a window of the old size is cut out.
  ///   - flipProbability: how often images are mirrored.
  ///   - cutoutSize: the side of the blotted square, in pixels.
  ///   - others: sets properties that this initialiser has no parameter for.
  public init(
    cropPadding: Int, flipProbability: Double, cutoutSize: Int, setting others: (inout Augmentation) -> Void = { _ in }
  ) {
    self.cropPadding = cropPadding
    self.flipProbability = flipProbability
    self.cutoutSize = cutoutSize
    others(&self)
  }

  /// What a blotted square becomes.
  public enum CutoutFill: String, Sendable, Codable, CaseIterable {
    /// The mean colour.
    case mean
    /// Black.
    case black
  }

  /// What an erased rectangle becomes.
  public enum ErasingFill: String, Sendable, Codable, CaseIterable {
    /// Normally distributed numbers, one per pixel and channel.
    case noise
    /// The mean colour.
    case zero
  }

  /// Rules that draw operations for each image.
  public enum Policy: String, Sendable, Codable, CaseIterable {
    /// No rule.
    case none
    /// AutoAugment's 25 pairs for CIFAR-10.
    case autoAugmentCIFAR
    /// AutoAugment's 25 pairs for ImageNet.
    case autoAugmentImageNet
    /// Some operations of one strength, as in torchvision.
    case randAugment
    /// Some operations of varying strength, each on half of the images, as in the image-model library timm.
    case variedRandAugment
    /// One operation of any strength.
    case trivialAugment
  }

  /// Which image another one is mixed with.
  public enum MixingPairs: String, Sendable, Codable, CaseIterable {
    /// The first with the last, and so on.
    case reversed
    /// Each with the one before it, the first with the last.
    case rolled
  }

  /// The rule for images of a size; nil for none.
  public func policy(height: Int, width: Int) -> AugmentationPolicy? {
    let rule = publishedPolicy(height: height, width: width)
    return policyRotatesInOneDirection ? rule?.rotatingInOneDirection : rule
  }

  private func publishedPolicy(height: Int, width: Int) -> AugmentationPolicy? {
    switch policy {
    case .none: nil
    case .autoAugmentCIFAR: .autoAugmentCIFAR(height: height, width: width)
    case .autoAugmentImageNet: .autoAugmentImageNet(height: height, width: width)
    case .randAugment:
      .randAugment(operations: policyOperations, magnitude: policyMagnitude, height: height, width: width)
    case .variedRandAugment:
      .variedRandAugment(
        operations: policyOperations, magnitude: policyMagnitude, deviation: policyMagnitudeNoise,
        isIncreasing: policyIncreases, height: height, width: width)
    case .trivialAugment: .trivialAugment
    }
  }

  /// The levels of red, green and blue of what a policy's operations move in from outside.
  var policyFillLevels: [Int] { policyFillsMean ? [124, 116, 104] : [policyFill, policyFill, policyFill] }

  /// Whether images are mixed in pairs, so that labels are too.
  public var mixes: Bool { (mixupAlpha > 0 || cutmixAlpha > 0) && mixingProbability > 0 }
}
extension Augmentation {
  /// Reads settings; what an older file does not hold takes its default.
  public init(from decoder: any Decoder) throws {
    self = .none
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func take<Value: Decodable>(_ property: WritableKeyPath<Augmentation, Value>, _ key: CodingKeys) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { self[keyPath: property] = value }
    }
    try take(\.cropPadding, .cropPadding)
    try take(\.flipProbability, .flipProbability)
    try take(\.cutoutSize, .cutoutSize)
    try take(\.cutoutFill, .cutoutFill)
    try take(\.resizedCropArea, .resizedCropArea)
    try take(\.resizedCropSize, .resizedCropSize)
    try take(\.resizedCropInterpolation, .resizedCropInterpolation)
    try take(\.rotation, .rotation)
    try take(\.brightness, .brightness)
    try take(\.contrast, .contrast)
    try take(\.saturation, .saturation)
    try take(\.hue, .hue)
    try take(\.jitterProbability, .jitterProbability)
    try take(\.greyProbability, .greyProbability)
    try take(\.blurProbability, .blurProbability)
    try take(\.solarizeProbability, .solarizeProbability)
    try take(\.policy, .policy)
    try take(\.policyOperations, .policyOperations)
    try take(\.policyMagnitude, .policyMagnitude)
    try take(\.policyMagnitudeNoise, .policyMagnitudeNoise)
    try take(\.policyIncreases, .policyIncreases)
    try take(\.policyRotatesInOneDirection, .policyRotatesInOneDirection)
    try take(\.policyInterpolation, .policyInterpolation)
    try take(\.policyFill, .policyFill)
    try take(\.policyFillsMean, .policyFillsMean)
    try take(\.erasingProbability, .erasingProbability)
    try take(\.erasingFill, .erasingFill)
    try take(\.mixupAlpha, .mixupAlpha)
    try take(\.cutmixAlpha, .cutmixAlpha)
    try take(\.cutmixShare, .cutmixShare)
    try take(\.mixingProbability, .mixingProbability)
    try take(\.mixesPerImage, .mixesPerImage)
    try take(\.mixingPairs, .mixingPairs)
  }
}
