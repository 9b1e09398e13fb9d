import FileAccess
import ImageCodecs
import Synchronization

/// A source that refuses an image whose file has changed since it was first read: epochs would otherwise see different images
/// without notice.
///
/// After each read the identity of the file (file system, inode, size, modification time) is compared, which costs one `stat`. It is
/// stored at the first read, so that opening a large data set does not `stat` every file.
public final class ChangeCheckedImages: DerivedImages {
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

  /// The image in the base.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    try checked(index, base.image(at: index, minimumShorterEdge: minimumShorterEdge))
  }
  /// The representation in the base.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    try checked(index, base.representation(at: index, in: buffer))
  }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try checked(index, base.contents(at: index)) }
}
