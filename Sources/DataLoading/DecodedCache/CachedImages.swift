import Datasets
import ImageCodecs

/// A source whose images were decoded once into one file; see ``DecodedCache``.
///
/// A cache is replaced by renaming, which leaves an open file intact; one that is cut while it is in use gives an error.
public struct CachedImages: DerivedImages {
  /// Where the images come from.
  public let base: any ImageSource
  /// What the cache holds of each image.
  public let policy: DecodedCachePolicy
  private let file: DecodedCacheFile

  init(base: any ImageSource, policy: DecodedCachePolicy, file: DecodedCacheFile) {
    (self.base, self.policy, self.file) = (base, policy, file)
  }

  /// False: the pixels are read from a file.
  public var isResident: Bool { false }
  /// The image in the cache, whatever the shorter edge asked for.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    let buffer = ByteBuffer()
    let cached = try file.image(at: index, in: buffer)
    return withExtendedLifetime(buffer) {
      PixelImage(width: cached.width, height: cached.height, pixels: Array(cached.bytes))
    }
  }
  /// The image in the cache.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage { try image(at: index) }
  /// The size in the cache.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) { file.size(at: index) }
  /// The pixels, read into the buffer.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    .pixels(try file.image(at: index, in: buffer))
  }
}
