import Datasets
import ImageCodecs

/// What a decoded cache holds of each image.
///
/// The image is made smaller so that its shorter edge has `shorterEdge` pixels, by the filter of `PixelResampler`; the longer side keeps
/// the proportion, rounded down. Smaller images stay as they are.
public struct DecodedCachePolicy: Sendable, Hashable, Codable {
  /// Pixels of the shorter edge.
  public var shorterEdge: Int

  /// Sets the shorter edge.
  public init(shorterEdge: Int) { self.shorterEdge = shorterEdge }

  /// The size that an image has in the cache.
  public func size(width: Int, height: Int) -> (width: Int, height: Int) {
    CropRenderer.size(width: width, height: height, shorterEdge: shorterEdge)
  }

  /// What the cache holds of an image.
  ///
  /// - Throws: `ImageCodecError` with the path or record name.
  public func image(at index: Int, of source: any ImageSource) throws -> PixelImage {
    try CropRenderer(source).render(index, shorterEdge: shorterEdge) { pixels, width, height in
      PixelImage(width: width, height: height, pixels: Array(pixels.prefix(width * height * 3)))
    }
  }

  func validate() throws {
    guard (1...16_384).contains(shorterEdge) else {
      throw DataSourceError.badSetting(
        name: "shorter edge of the cache", value: "\(shorterEdge)", expected: "1...16384 pixels")
    }
  }
}
