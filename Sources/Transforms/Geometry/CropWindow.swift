import ImageCodecs

/// The part of an image that becomes a training input, and whether it is mirrored.
public struct CropWindow: Sendable, Hashable {
  /// The part, in pixels of the upright image at its full size.
  public var region: PixelRegion
  /// Whether it is flipped horizontally.
  public var isMirrored: Bool

  /// Makes a window.
  public init(region: PixelRegion, isMirrored: Bool = false) {
    (self.region, self.isMirrored) = (region, isMirrored)
  }
}
