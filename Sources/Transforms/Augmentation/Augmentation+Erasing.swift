import Serialization

extension Augmentation {
  /// Random erasing: a rectangle of 2 to 33 percent of the area loses its content, after normalisation.
  public struct Erasing: Settings {
    /// The probability that an image loses a rectangle.
    @Within(0...1) public var probability = 0.25
    /// What the rectangle becomes: `noise` (one number per pixel and channel) or `zero`.
    public var fill = Fill.noise

    /// A quarter of the images, noise.
    public init() {}

    /// What the rectangle becomes.
    public enum Fill: String, Sendable, Codable, CaseIterable {
      /// Normally distributed numbers, one per pixel and channel.
      case noise
      /// The mean colour.
      case zero
    }
  }
}
