import FileAccess
import ImageCodecs
import Synchronization

/// A source that refuses an image whose file has changed since it was first read: epochs would otherwise see different images
/// without notice.
///
/// After each read the identity of the file (file system, inode, size, modification time) is compared, which costs one `stat`. It is
/// stored at the first read, so that opening a large data set does not `stat` every file.
public final class ChangeCheckedImages: ImageSource {
  /// Where the images come from.
  public let base: any ImageSource
  private let identities: Mutex<[FileIdentity?]>

  /// Wraps a source; reads nothing yet.
  public init(_ base: any ImageSource) {
    self.base = base
    identities = Mutex([FileIdentity?](repeating: nil, count: base.count))
  }

  private func checked<Value>(_ index: Int, _ value: Value) throws -> Value {
    guard let path = base.location(at: index)?.path else { return value }
    let present = try? FileIdentity(of: path)
    let first = identities.withLock { identities in
      if identities[index] == nil { identities[index] = present }
      return identities[index]
    }
    guard let first, let present, present.hasSameContents(as: first) else {
      let text = "the file has been changed or replaced since the run began to read it; restore it, then resume the run"
      throw ImageCodecError(name: path, reason: .unreadable(text))
    }
    return value
  }

  /// The classes of the base.
  public var classNames: [String] { base.classNames }
  /// The classes of the images in the base.
  public var labels: [Int] { base.labels }
  /// Whether the base is.
  public var isResident: Bool { base.isResident }
  /// The name in the base.
  public func name(at index: Int) -> String { base.name(at: index) }
  /// The image in the base.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    try checked(index, base.image(at: index, minimumShorterEdge: minimumShorterEdge))
  }
  /// The representation in the base.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    try checked(index, base.representation(at: index, in: buffer))
  }
  /// The size in the base.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) { try base.imageSize(at: index) }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try checked(index, base.contents(at: index)) }
  /// The file in the base.
  public func location(at index: Int) -> ImageLocation? { base.location(at: index) }
  /// The number of bytes in the base.
  public func contentSize(at index: Int) throws -> Int { try base.contentSize(at: index) }
  /// The image in the base.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage {
    try base.image(from: contents, at: index)
  }
  /// The metadata in the base.
  public var metadata: (any MetadataSource)? { base.metadata }
}
