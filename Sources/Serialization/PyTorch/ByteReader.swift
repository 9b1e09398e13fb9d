/// Reads little-endian values from a part of a file; every step is checked against the end of the part.
struct ByteReader {
  private let file: FileContents
  private(set) var position: Int
  private let end: Int

  /// A reader of `from..<to`; a range outside the file is an empty part.
  init(_ file: FileContents, from start: Int, to end: Int) {
    self.file = file
    let isValid = start >= 0 && start <= end && end <= file.count
    position = isValid ? start : 0
    self.end = isValid ? end : 0
  }

  var remaining: Int { end - position }

  func malformed(_ reason: String) -> SerializationError { .malformed(path: file.path, reason: reason) }

  mutating func skip(_ count: Int) throws {
    guard count >= 0, count <= remaining else {
      throw malformed(
        "\(count) more bytes were expected at byte \(position), but \(remaining) remain; the file is cut off")
    }
    position += count
  }

  mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws -> Value {
    let start = position
    try skip(MemoryLayout<Value>.size)
    return file.bytes.load(type, at: start)
  }

  /// A 64-bit length or offset that fits an `Int`.
  mutating func readLength() throws -> Int {
    let value = try read(UInt64.self)
    guard let length = Int(exactly: value) else { throw malformed("the length \(value) is impossible") }
    return length
  }

  mutating func expect(_ signature: UInt32, _ what: String) throws {
    let start = position
    guard try read(UInt32.self) == signature else { throw malformed("no \(what) at byte \(start)") }
  }

  mutating func readBytes(_ count: Int) throws -> UnsafeRawBufferPointer {
    let start = position
    try skip(count)
    return UnsafeRawBufferPointer(rebasing: file.bytes[start..<position])
  }

  mutating func readText(_ count: Int) throws -> String {
    let start = position
    guard let text = String(validating: try readBytes(count), as: UTF8.self) else {
      throw malformed("the text at byte \(start) is not UTF-8")
    }
    return text
  }

  /// The bytes up to a line end, without it.
  mutating func readLine() throws -> String {
    let rest = file.bytes[position..<end]
    guard let lineEnd = rest.firstIndex(of: 0x0A) else { throw malformed("a line at byte \(position) has no end") }
    let text = try readText(lineEnd - position)
    position += 1
    return text
  }

  mutating func sub(_ count: Int) throws -> ByteReader {
    let start = position
    try skip(count)
    return ByteReader(file, from: start, to: position)
  }
}
