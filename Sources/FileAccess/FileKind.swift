import Foundation

/// The kind of a file.
public enum FileKind: Sendable, Hashable, CustomStringConvertible {
  /// A file with bytes.
  case regular
  /// A folder.
  case folder
  /// A link; only where links are not followed.
  case link
  /// A named pipe.
  case pipe
  /// A socket.
  case socket
  /// A character or block device, such as `/dev/zero`.
  case device
  /// Anything else.
  case unknown

  /// The kind in a mode of `stat`.
  public init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR, S_IFBLK: .device
      default: .unknown
      }
  }

  /// The kind of the file at a path, links followed; nil where there is none or it is not accessible.
  public init?(of path: String) {
    var status = stat()
    guard path.withSystemPath({ stat($0, &status) }) == 0 else { return nil }
    self.init(mode: status.st_mode)
  }

  /// The kind in words, with an article.
  public var description: String {
    switch self {
    case .regular: "a file"
    case .folder: "a folder"
    case .link: "a link"
    case .pipe: "a named pipe"
    case .socket: "a socket"
    case .device: "a device"
    case .unknown: "neither a file nor a folder"
    }
  }
}
