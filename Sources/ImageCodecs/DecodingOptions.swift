import CImageCodecs

/// Options of decoding.
public struct DecodingOptions: Sendable, Hashable {
  /// Accuracy or speed.
  public enum Quality: String, Sendable, Hashable, Codable, CaseIterable {
    /// Interpolated chroma and exact inverse transforms: the pixels that other decoders give.
    case exact
    /// Repeated chroma samples (JPEG, WebP) and the fast inverse transform (JPEG): pixels differ by a few steps of 255.
    case fast
  }

  /// Accuracy or speed.
  public var quality: Quality
  /// Larger images are refused.
  public var limits: ImageLimits
  /// The background of transparent pixels.
  public var background: RGBColor

  /// Makes options.
  public init(quality: Quality = .exact, limits: ImageLimits = .standard, background: RGBColor = .white) {
    (self.quality, self.limits, self.background) = (quality, limits, background)
  }
}

extension ImageLimits {
  /// The limits as a C structure.
  var inC: lt_image_limits {
    lt_image_limits(
      max_side: UInt32(clamping: max(side, 1)), max_pixels: UInt64(max(pixels, 1)),
      max_memory: UInt64(max(memory, 1)))
  }
}
