import Serialization

extension Augmentation {
  /// A square around a random pixel that loses its content.
  ///
  /// - Source: Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
  public struct Cutout: Settings {
    /// The width and height of the square, in pixels.
    @Within(1...16_384, note: "pixels") public var size = 16
    /// What the square becomes: `mean` (0 after normalisation) or `black` (0 before, as in published long-tail code).
    public var fill = Fill.mean

    /// 16 pixels, the mean colour.
    public init() {}

    /// What the square becomes.
    public enum Fill: String, Sendable, Codable, CaseIterable {
      /// The mean colour.
      case mean
      /// Black.
      case black
    }
  }
}
