import ImageCodecs

/// What a decoded cache holds of each picture.
///
/// The picture is made smaller so that its shorter side has `shortSide` pixels, by the filter of `PixelResampler`; the longer side keeps
/// the proportion, rounded down. Smaller pictures stay as they are.
public struct DecodedCachePolicy: Sendable, Hashable, Codable {
  /// Pixels of the shorter side.
  public var shortSide: Int

  /// Sets the shorter side.
  public init(shortSide: Int) { self.shortSide = shortSide }

  /// The size that a picture has in the cache.
  public func size(width: Int, height: Int) -> (width: Int, height: Int) {
    PictureRenderer.size(width: width, height: height, shortSide: shortSide)
  }

  /// What the cache holds of a picture.
  ///
  /// - Throws: `ImageCodecError` with the path or record name.
  public func image(at index: Int, of source: any ImageSource) throws -> PixelImage {
    try PictureRenderer(source).render(index, shortSide: shortSide) { pixels, width, height in
      PixelImage(width: width, height: height, pixels: Array(pixels.prefix(width * height * 3)))
    }
  }

  func validate() throws {
    guard (1...16_384).contains(shortSide) else {
      throw DataSourceError.badSetting(
        name: "short side of the cache", value: "\(shortSide)", expected: "1...16384 pixels")
    }
  }
}
