import CImageCodecs

/// How files become pixels.
public struct DecodingOptions: Sendable, Hashable {
  /// Exactness against speed.
  public enum Quality: String, Sendable, Hashable, Codable, CaseIterable {
    /// Colour is interpolated and transforms are exact: the pixels that other readers give.
    case exact
    /// Colour samples are repeated (JPEG, WebP) and the faster inverse transform is used (JPEG): a few steps of 255 off.
    case fast
  }

  /// Exactness against speed.
  public var quality: Quality
  /// What is refused as too large.
  public var limits: ImageLimits
  /// What transparent parts show.
  public var background: RGBColor

  /// Sets all options.
  public init(quality: Quality = .exact, limits: ImageLimits = .standard, background: RGBColor = .white) {
    (self.quality, self.limits, self.background) = (quality, limits, background)
  }
}

extension ImageLimits {
  /// The limits as the C functions take them.
  var inC: lt_image_limits {
    lt_image_limits(
      max_side: UInt32(clamping: max(side, 1)), max_pixels: UInt64(max(pixels, 1)),
      max_memory: UInt64(max(memory, 1)))
  }
}
