import Foundation

/// A regular file, opened for reading.
///
/// Every file that a user or a folder names is opened here. Pipes, sockets, devices and folders are refused at once; the call never
/// waits for a writer. Reading throws an error, instead of ending by a signal, when another program shortens the file. The file is closed
/// with the last reference; any thread may read.
public final class InputFile: Sendable {
  /// The path the file was opened with.
  public let path: String
  /// The open file, for system calls that this type does not wrap; closed with the object.
  public let descriptor: Int32
  /// Size, times and numbers of the file when it was opened.
  public let identity: FileIdentity

  /// Opens a regular file; links are followed.
  ///
  /// - Throws: `InputFileError`.
  public init(_ path: String) throws(InputFileError) {
    guard !path.isEmpty else { throw InputFileError(path: path, reason: .emptyPath) }
    guard !path.utf8.contains(0) else { throw InputFileError(path: path, reason: .missing) }
    // Without O_NONBLOCK, opening a pipe waits until somebody writes into it.
    let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
    guard descriptor >= 0 else { throw InputFileError(path: path, code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw InputFileError(path: path, code: code)
    }
    let kind = FileKind(mode: status.st_mode)
    guard kind == .regular else {
      close(descriptor)
      throw InputFileError(path: path, reason: .notRegular(kind))
    }
    self.path = path
    self.descriptor = descriptor
    identity = FileIdentity(status)
  }

  deinit { close(descriptor) }

  /// The size in bytes when the file was opened.
  public var size: Int { identity.size }

  /// Reads from `offset` until the buffer is full or the file ends.
  ///
  /// - Returns: the number of bytes read.
  /// - Throws: `InputFileError`.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputFileError) -> Int {
    var count = 0
    while count < buffer.count {
      let start = buffer.baseAddress.map { $0 + count }
      let got = pread(descriptor, start, min(buffer.count - count, 1 << 30), off_t(offset + count))
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw InputFileError(path: path, code: errno) }
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// All bytes of the file, or the first `first` of them.
  ///
  /// - Parameters:
  ///   - limit: the largest size of the whole file that is accepted.
  ///   - first: how many bytes are read at most.
  /// - Throws: `InputFileError`, also when the file has become shorter than it was.
  public func bytes(limit: Int = .max, first: Int = .max) throws(InputFileError) -> [UInt8] {
    guard size <= limit else { throw InputFileError(path: path, reason: .tooLarge(size: size, limit: limit)) }
    let wanted = min(size, max(first, 0))
    let bytes = try bytes(at: 0, count: wanted)
    guard bytes.count == wanted else {
      throw InputFileError(path: path, reason: .shortened(read: bytes.count, expected: wanted))
    }
    return bytes
  }

  /// The bytes from `offset` on; fewer than `count` only where the file ends.
  ///
  /// - Throws: `InputFileError`.
  public func bytes(at offset: Int, count: Int) throws(InputFileError) -> [UInt8] {
    var failure: InputFileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
      let wanted = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<max(count, 0)])
      do throws(InputFileError) { filled = try read(at: offset, into: wanted) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// All bytes of the file at `path`.
  ///
  /// - Throws: `InputFileError`.
  public static func bytes(of path: String, limit: Int = .max) throws(InputFileError) -> [UInt8] {
    try InputFile(path).bytes(limit: limit)
  }
}
