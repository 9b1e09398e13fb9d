import FileAccess

/// The bytes of a file, read in parts, for parsers that look at one byte at a time.
///
/// Files of several hundred MB are never in memory as a whole. Reading past the end returns `nil`, so a parser cannot run out of its input.
package struct ByteStream: ~Copyable {
  /// The path of the file, or another name for errors.
  package let name: String
  private let buffer: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private let ownsBuffer: Bool
  private var index = 0
  private var limit: Int
  private let file: InputFile?
  private var filePosition = 0
  private var failure: InputFileError?
  /// The bytes, lines and column before the part in the buffer.
  private var passed = (bytes: 0, lines: 0, column: 0)

  /// Opens a regular file.
  ///
  /// - Throws: `InputFileError` if it is missing, no regular file, or cannot be read.
  package init(contentsOf path: String, partSize: Int = 1 << 18) throws {
    let file = try InputFile(path)
    name = path
    capacity = max(min(file.size, partSize), 1)
    buffer = .allocate(capacity: capacity)
    limit = 0
    ownsBuffer = true
    self.file = file
  }

  /// Bytes in memory.
  package init(_ bytes: [UInt8], name: String) {
    self.name = name
    capacity = max(bytes.count, 1)
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
    _ = copy.initialize(from: bytes)
    // The capacity is at least 1, so that there is an address.
    buffer = copy.baseAddress ?? .allocate(capacity: 1)
    limit = bytes.count
    ownsBuffer = true
    file = nil
  }

  /// Bytes in memory that stay valid and unchanged while the stream is used.
  init(borrowing bytes: UnsafeRawBufferPointer, name: String) {
    self.name = name
    capacity = bytes.count
    limit = bytes.count
    ownsBuffer = bytes.isEmpty
    // Without a file nothing is written into the buffer.
    buffer =
      bytes.isEmpty
      ? .allocate(capacity: 1)
      : UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress) ?? .allocate(capacity: 1)
    file = nil
  }

  deinit { if ownsBuffer { buffer.deallocate() } }

  /// The next byte, without reading it; `nil` at the end.
  @inline(__always)
  package mutating func peek() -> UInt8? {
    if index < limit { return buffer[index] }
    return refill() ? buffer[index] : nil
  }

  /// Reads the next byte; `nil` at the end.
  @inline(__always)
  package mutating func next() -> UInt8? {
    guard let byte = peek() else { return nil }
    index += 1
    return byte
  }

  /// Skips the byte that `peek` returned.
  @inline(__always)
  package mutating func skip() { if index < limit { index += 1 } }

  /// Reads the next byte if it is `byte`.
  @inline(__always)
  package mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    index += 1
    return true
  }

  /// Skips the byte order mark of UTF-8, if it is next.
  package mutating func skipByteOrderMark() {
    if peek() == 0xEF {
      for byte: UInt8 in [0xEF, 0xBB, 0xBF] { _ = take(byte) }
    }
  }

  /// Reads the bytes before the first for which `isEnd` holds, as far as they are in memory: call it until it returns none.
  ///
  /// - Returns: bytes that are valid until the next call; none if the next byte is such a byte, or at the end.
  @inline(__always)
  package mutating func takeRun(until isEnd: (UInt8) -> Bool) -> UnsafeBufferPointer<UInt8> {
    guard peek() != nil else { return UnsafeBufferPointer(start: nil, count: 0) }
    let start = index
    while index < limit, !isEnd(buffer[index]) { index += 1 }
    return UnsafeBufferPointer(start: buffer + start, count: index - start)
  }

  /// The number of bytes that were read.
  package var offset: Int { passed.bytes + index }

  /// Line and column (in bytes) of the next byte, both from 1.
  package var position: (line: Int, column: Int) {
    let taken = UnsafeBufferPointer(start: buffer, count: index)
    let lines = taken.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) }
    let column = taken.lastIndex(of: 0x0A).map { index - $0 } ?? passed.column + index + 1
    return (passed.lines + lines + 1, column)
  }

  /// Checks that the end of the stream is the end of the file.
  ///
  /// - Throws: `InputFileError` if the file could not be read on, or has become shorter.
  package func checkEnd() throws(InputFileError) {
    if let failure { throw failure }
    guard let file, filePosition < file.size else { return }
    throw InputFileError(path: name, reason: .shortened(read: filePosition, expected: file.size))
  }

  private mutating func refill() -> Bool {
    guard let file else { return false }
    let (line, column) = position
    passed = (passed.bytes + limit, line - 1, column - 1)
    index = 0
    do throws(InputFileError) {
      limit = try file.read(at: filePosition, into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
    } catch {
      limit = 0
      failure = error
    }
    filePosition += limit
    return limit > 0
  }
}
