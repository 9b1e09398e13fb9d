import Foundation

/// Identifies a version of a file without reading it.
///
/// Two equal identities on one machine mean the same bytes, unless a program has set the times back on purpose.
public struct FileIdentity: Sendable, Hashable, Codable {
  /// The number of the file system.
  public let device: UInt64
  /// The number of the file in its file system.
  public let inode: UInt64
  /// Bytes.
  public let size: Int
  /// The time of the last change of the bytes, in nanoseconds since 1970.
  public let modificationTime: Int64
  /// The time of the last change of bytes, name or rights, in nanoseconds since 1970; programs cannot set it.
  public let changeTime: Int64

  /// Creates an identity from stored values.
  public init(device: UInt64, inode: UInt64, size: Int, modificationTime: Int64, changeTime: Int64) {
    (self.device, self.inode, self.size) = (device, inode, size)
    (self.modificationTime, self.changeTime) = (modificationTime, changeTime)
  }

  /// Whether both mean the same bytes, as far as size and modification time tell. Unlike equality it ignores a change of name,
  /// rights or links.
  public func hasSameContents(as other: FileIdentity) -> Bool {
    device == other.device && inode == other.inode && size == other.size && modificationTime == other.modificationTime
  }

  /// The identity in a result of `stat`.
  public init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    #if os(Linux)
      modificationTime = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
      changeTime = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    #else
      modificationTime = Int64(status.st_mtimespec.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtimespec.tv_nsec)
      changeTime = Int64(status.st_ctimespec.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctimespec.tv_nsec)
    #endif
  }

  /// The identity of the file at a path, links followed.
  ///
  /// - Throws: `InputFileError` unless it is a regular file.
  public init(of path: String) throws(InputFileError) {
    var status = stat()
    guard path.withSystemPath({ stat($0, &status) }) == 0 else { throw InputFileError(path: path, code: errno) }
    let kind = FileKind(mode: status.st_mode)
    guard kind == .regular else { throw InputFileError(path: path, reason: .notRegular(kind)) }
    self.init(status)
  }
}
