import Foundation

/// Memory for files or pixels that is used again and again: it grows, never shrinks, and is not cleared.
///
/// One thread uses it at a time.
public final class ByteBuffer {
  /// What the bytes are, for errors: a path or the name of a record.
  public var name = ""
  /// The number of bytes in use.
  public private(set) var count = 0
  private var memory = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

  /// An empty buffer.
  public init() {}

  deinit { memory.deallocate() }

  /// The bytes in use. They are valid until the buffer is resized or released.
  public var bytes: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(rebasing: memory[..<count]) }

  /// Sets the number of bytes; what they hold is lost.
  public func resize(to newCount: Int) {
    precondition(newCount >= 0, "a negative number of bytes")
    if newCount > memory.count {
      memory.deallocate()
      memory = .allocate(capacity: max(newCount, memory.count * 3 / 2))
    }
    count = newCount
  }

  /// Takes a copy of bytes.
  public func set(_ bytes: some Collection<UInt8>, name: String) {
    self.name = name
    resize(to: bytes.count)
    _ = memory.initialize(fromContentsOf: bytes)
  }

  /// Reads a whole file, without buffers in between.
  ///
  /// - Throws: `ImageCodecError` with `.missing`, `.unreadable` (also for folders and devices) or `.tooLarge`.
  public func read(_ path: String, limit: Int = ImageLimits.standard.fileBytes) throws {
    name = path
    count = 0
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileBytes.failure(path, errno) }
    defer { close(file) }
    let size = try FileBytes.regularSize(of: file, path)
    guard size <= limit else { throw FileBytes.tooLarge(path, size: size, limit: limit) }
    resize(to: size)
    var position = 0
    while position < size {
      let got = Foundation.read(file, memory.baseAddress.map { $0 + position }, size - position)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        let reason = got < 0 ? String(cString: strerror(errno)) : "only \(position) of \(size) bytes could be read"
        throw ImageCodecError(name: path, reason: .unreadable(reason))
      }
      position += got
    }
  }
}
