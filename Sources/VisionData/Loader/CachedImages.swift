import ImageCodecs

/// A source whose pictures were decoded once and lie in a memory-mapped file; see ``DecodedCache``.
///
/// The file must not be shortened or written over while it is in use; a cache is replaced by renaming, which leaves a map intact.
public struct CachedImages: ImageSource {
  /// Where the pictures come from.
  public let base: any ImageSource
  /// What the cache holds of each picture.
  public let policy: DecodedCachePolicy
  private let file: MappedPictures

  init(base: any ImageSource, policy: DecodedCachePolicy, file: MappedPictures) {
    (self.base, self.policy, self.file) = (base, policy, file)
  }

  /// The classes of the base.
  public var classNames: [String] { base.classNames }
  /// The classes of the pictures in the base.
  public var labels: [Int] { base.labels }
  /// False: the memory is a file's.
  public var isResident: Bool { false }
  /// The name in the base.
  public func name(at index: Int) -> String { base.name(at: index) }
  /// The picture as it lies in the cache, whatever the shorter side that is asked for.
  public func image(at index: Int, minimumShortSide: Int?) throws -> PixelImage {
    let lent = file.picture(at: index)
    return PixelImage(width: lent.width, height: lent.height, pixels: Array(lent.bytes))
  }
  /// The size in the cache.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) {
    let lent = file.picture(at: index)
    return (lent.width, lent.height)
  }
  /// The pixels where they lie.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> PictureForm { .pixels(file.picture(at: index)) }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try base.contents(at: index) }
  /// The number of bytes in the base.
  public func contentSize(at index: Int) throws -> Int { try base.contentSize(at: index) }
}
