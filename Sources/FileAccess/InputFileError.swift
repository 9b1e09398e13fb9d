import Foundation

/// Why a file cannot be read.
public struct InputFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The cause.
  public enum Reason: Sendable, Hashable {
    /// The path is empty.
    case emptyPath
    /// Nothing lies there.
    case missing
    /// It is a folder, pipe, socket or device.
    case notRegular(FileKind)
    /// The file is larger than is accepted.
    case tooLarge(size: Int, limit: Int)
    /// Another program has shortened the file while it was read.
    case shortened(read: Int, expected: Int)
    /// The system refuses, with its message.
    case system(String)
  }

  /// The file.
  public let path: String
  /// The cause.
  public let reason: Reason

  /// Creates an error.
  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// Translates an error number of the system.
  public init(path: String, code: Int32) {
    let isMissing = code == ENOENT || code == ENOTDIR
    self.init(path: path, reason: isMissing ? .missing : .system(String(cString: strerror(code))))
  }

  /// The cause in words, without the path.
  public var explanation: String {
    switch reason {
    case .emptyPath: "the path is empty"
    case .missing: "there is no such file"
    case .notRegular(let kind): "it is \(kind), not a regular file"
    case .tooLarge(let size, let limit): "the file has \(size) bytes, but \(limit) is the limit"
    case .shortened(let read, let expected):
      "only \(read) of \(expected) bytes could be read; another program has changed the file"
    case .system(let message): message
    }
  }

  /// Path and cause on one line.
  public var description: String { "\(path.escapedForDisplay): cannot be read: \(explanation)" }
}
