import Serialization
import Transforms

/// Colour augmentation and blur of one view of an image, beside the augmentation of a schedule.
public struct ColorAugmentation: Settings {
  /// The greatest change of the brightness factor from 1.
  @Within(0...100) public var brightness = 0.4
  /// The greatest change of the contrast factor from 1.
  @Within(0...100) public var contrast = 0.4
  /// The greatest change of the saturation factor from 1.
  @Within(0...100) public var saturation = 0.4
  /// The greatest shift of the hue, in full turns.
  @Within(0...0.5) public var hue = 0.1
  /// The probability that an image gets these four.
  @Within(0...1) public var probability = 0.8
  /// The probability that an image is turned grey.
  @Within(0...1) public var greyProbability = 0.2
  /// The probability that an image is blurred.
  @Within(0...1) public var blurProbability = 0.0

  /// As for contrastive learning.
  public init() {}

  /// An augmentation with these changes in place of its own of the same kind.
  public func applied(to augmentation: Augmentation) -> Augmentation {
    augmentation.with {
      $0.jitter = Augmentation.Jitter {
        ($0.brightness, $0.contrast, $0.saturation, $0.hue) = (brightness, contrast, saturation, hue)
        $0.probability = probability
      }
      ($0.greyProbability, $0.blurProbability) = (greyProbability, blurProbability)
    }
  }
}
