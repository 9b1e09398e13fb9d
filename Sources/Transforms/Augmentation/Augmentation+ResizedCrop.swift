import Serialization

extension Augmentation {
  /// A random rectangle of the image, resized.
  public struct ResizedCrop: Settings {
    /// The least share of the image's area; the greatest is 1.
    @Within(above: 0, upTo: 1) public var minArea = 0.08
    /// The width and height that crops are resized to, in pixels; nil for those of the images.
    @Within(1...16_384, note: "pixels") public var size: Int? = nil
    /// How crops are resized.
    public var interpolation = Interpolation.bilinear

    /// 8 percent of the area or more.
    public init() {}
  }
}
