import Datasets
import ImageCodecs

/// A source whose images were decoded once into one file; see ``DecodedCache``.
///
/// A cache is replaced by renaming, which leaves an open file intact; one that is cut while it is in use gives an error.
public struct CachedImages: ImageSource {
  /// Where the images come from.
  public let base: any ImageSource
  /// What the cache holds of each image.
  public let policy: DecodedCachePolicy
  private let file: DecodedCacheFile

  init(base: any ImageSource, policy: DecodedCachePolicy, file: DecodedCacheFile) {
    (self.base, self.policy, self.file) = (base, policy, file)
  }

  /// The classes of the base.
  public var classNames: [String] { base.classNames }
  /// The classes of the images in the base.
  public var labels: [Int] { base.labels }
  /// False: the memory is a file's.
  public var isResident: Bool { false }
  /// The name in the base.
  public func name(at index: Int) -> String { base.name(at: index) }
  /// The image as it lies in the cache, whatever the shorter edge that is asked for.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    let buffer = ByteBuffer()
    let lent = try file.image(at: index, in: buffer)
    return withExtendedLifetime(buffer) {
      PixelImage(width: lent.width, height: lent.height, pixels: Array(lent.bytes))
    }
  }
  /// The size in the cache.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) {
    file.size(at: index)
  }
  /// The pixels, read into the buffer.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    .pixels(try file.image(at: index, in: buffer))
  }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try base.contents(at: index) }
  /// The file in the base.
  public func location(at index: Int) -> ImageLocation? { base.location(at: index) }
  /// The number of bytes in the base.
  public func contentSize(at index: Int) throws -> Int { try base.contentSize(at: index) }
}
