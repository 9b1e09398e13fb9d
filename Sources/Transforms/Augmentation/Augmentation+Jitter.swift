import Serialization

extension Augmentation {
  /// Colour jitter: brightness, contrast, saturation and hue in random order.
  public struct Jitter: Settings {
    /// The greatest change of the brightness factor from 1.
    @Within(0...100) public var brightness = 0.0
    /// The greatest change of the contrast factor from 1.
    @Within(0...100) public var contrast = 0.0
    /// The greatest change of the saturation factor from 1.
    @Within(0...100) public var saturation = 0.0
    /// The greatest shift of the hue, in full turns.
    @Within(0...0.5, note: "turns") public var hue = 0.0
    /// The probability that an image is jittered.
    @Within(0...1) public var probability = 1.0

    /// No change.
    public init() {}

    /// Whether any image is changed.
    var changesImages: Bool { probability > 0 && [brightness, contrast, saturation, hue].contains { $0 > 0 } }
  }
}
