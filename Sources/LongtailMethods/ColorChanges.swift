import SettingRules
import VisionData

/// Random changes of colour and sharpness that are made beside the changes of a schedule.
public struct ColorChanges: Sendable, Codable, Equatable {
  /// The greatest change of the brightness factor from 1.
  public var brightness: Double
  /// The greatest change of the contrast factor from 1.
  public var contrast: Double
  /// The greatest change of the saturation factor from 1.
  public var saturation: Double
  /// The greatest turn of the hue in full turns, up to 0.5.
  public var hue: Double
  /// The share of images of which these four are changed.
  public var probability: Double
  /// The share of images that lose their colours.
  public var greyProbability: Double
  /// The share of images that are blurred.
  public var blurProbability: Double

  /// Chooses changes.
  public init(
    brightness: Double, contrast: Double, saturation: Double, hue: Double, probability: Double = 0.8,
    greyProbability: Double = 0.2, blurProbability: Double = 0
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.probability = probability
    self.greyProbability = greyProbability
    self.blurProbability = blurProbability
  }

  /// An augmentation with these changes in place of its own of the same kind.
  public func applied(to augmentation: Augmentation) -> Augmentation {
    var changed = augmentation
    (changed.brightness, changed.contrast) = (brightness, contrast)
    (changed.saturation, changed.hue) = (saturation, hue)
    changed.jitterProbability = probability
    changed.greyProbability = greyProbability
    changed.blurProbability = blurProbability
    return changed
  }
}

extension ColorChanges: CheckedSettings {
  /// Ranges of all numbers.
  public func check(_ checks: inout SettingChecks) {
    for (name, change) in [("brightness", brightness), ("contrast", contrast), ("saturation", saturation)] {
      checks.number(name, change, in: 0...100)
    }
    checks.number("hue", hue, in: 0...0.5, " turns")
    for (name, share) in [
      ("probability", probability), ("greyProbability", greyProbability), ("blurProbability", blurProbability),
    ] { checks.number(name, share, in: 0...1) }
  }
}
