import FileAccess

/// Reusable memory for files or pixels: it grows, never shrinks, and is not cleared. Not thread-safe.
public final class ByteBuffer {
  /// The name of the contents in errors: a path or the name of a record.
  public var name = ""
  /// The number of bytes in use.
  public private(set) var count = 0
  private var memory = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

  /// An empty buffer.
  public init() {}

  deinit { memory.deallocate() }

  /// The bytes in use. They are valid until the buffer is resized or released.
  public var bytes: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(rebasing: memory[..<count]) }

  /// Sets the number of bytes; the contents become undefined.
  public func resize(to newCount: Int) {
    precondition(newCount >= 0, "a negative number of bytes")
    if newCount > memory.count {
      memory.deallocate()
      memory = .allocate(capacity: max(newCount, memory.count * 3 / 2))
    }
    count = newCount
  }

  /// Copies bytes into the buffer.
  public func set(_ bytes: some Collection<UInt8>, name: String) {
    self.name = name
    resize(to: bytes.count)
    _ = memory.initialize(fromContentsOf: bytes)
  }

  /// Reads a whole file, without intermediate buffers.
  ///
  /// - Throws: `ImageCodecError` with `.missing`, `.unreadable` (also for folders and devices) or `.tooLarge`.
  public func read(_ path: String, limit: Int = ImageLimits.standard.fileBytes) throws {
    name = path
    count = 0
    do throws(InputFileError) {
      let file = try InputFile(path)
      guard file.size <= limit else {
        throw InputFileError(path: path, reason: .tooLarge(size: file.size, limit: limit))
      }
      resize(to: file.size)
      let position = try file.read(at: 0, into: UnsafeMutableRawBufferPointer(bytes))
      guard position == file.size else {
        throw InputFileError(path: path, reason: .shortened(read: position, expected: file.size))
      }
    } catch {
      throw ImageCodecError(error)
    }
  }
}
