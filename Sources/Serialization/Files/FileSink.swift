import Foundation

/// Writes bytes to an open file.
public struct FileSink: ~Copyable {
  /// The path for error messages.
  public let path: String
  private let descriptor: Int32
  /// Bytes written so far.
  public private(set) var count = 0

  /// Opens `path` for writing; its contents are lost. `AtomicFile` replaces a file safely.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: the path for error messages, if it is another one.
  /// - Throws: `SerializationError.cannotWrite`.
  public init(_ path: String, named name: String? = nil) throws {
    self.path = name ?? path
    // Without O_NONBLOCK, opening a pipe waits for a reader; with it, it is an error.
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard descriptor >= 0 else { throw SerializationError.cannotWrite(path: self.path, reason: systemMessage()) }
  }

  deinit { close(descriptor) }

  /// Appends the bytes.
  ///
  /// - Throws: `SerializationError.cannotWrite`, for instance when the disk is full.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      let written = systemWrite(descriptor, chunk.baseAddress, chunk.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw SerializationError.cannotWrite(path: path, reason: systemMessage())
      }
      rest = rest.dropFirst(written)
      count += written
    }
  }

  /// Appends the text as UTF-8.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public mutating func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Waits until the bytes are on the disk.
  ///
  /// - Throws: `SerializationError.cannotWrite`; some disks report that they are full only here.
  public mutating func synchronize() throws {
    guard fsync(descriptor) == 0 else {
      throw SerializationError.cannotWrite(path: path, reason: systemMessage())
    }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  // Linux writes at most 2 GiB per call.
  write(descriptor, bytes, min(count, 1 << 30))
}
