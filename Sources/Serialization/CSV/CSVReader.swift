/// Reads comma-separated values (RFC 4180) row by row from a file of any size.
///
/// Line ends may be `\n`, `\r\n` or `\r`; a field in quotes may hold separators, line ends and doubled quotes.
package struct CSVReader: ~Copyable {
  /// The longest field in bytes; a longer one usually means that a quote is not closed.
  package static let fieldLimit = 1 << 20

  /// The line at which the present row starts, from 1.
  package private(set) var line = 0
  private var stream: ByteStream
  private let separator: UInt8
  private var nextLine = 1
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// Reads from a stream of bytes; a byte order mark is skipped.
  package init(_ stream: consuming ByteStream, separator: UInt8 = UInt8(ascii: ",")) {
    self.stream = stream
    self.separator = separator
    self.stream.skipByteOrderMark()
  }

  /// Reads the next row; false at the end.
  ///
  /// - Throws: `SerializationError.malformed` for wrong quotes; `InputFileError` if the file cannot be read to its end.
  package mutating func next() throws -> Bool {
    guard stream.peek() != nil else {
      try stream.checkEnd()
      return false
    }
    line = nextLine
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    repeat { try takeField() } while stream.take(separator)
    let hasReturn = stream.take(0x0D)
    guard stream.take(0x0A) || hasReturn || stream.peek() == nil else {
      throw malformed(nextLine, "a quote must be followed by a comma or line end")
    }
    nextLine += 1
    return true
  }

  /// The number of fields of the present row.
  package var fieldCount: Int { ends.count }

  /// Whether the present row is an empty line.
  package var isBlank: Bool { ends.count == 1 && bytes.isEmpty }

  /// The bytes of a field of the present row, valid during the call.
  package func withField<Result>(
    _ index: Int, _ use: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try bytes.withUnsafeBufferPointer {
      try use(UnsafeBufferPointer(rebasing: $0[(index == 0 ? 0 : ends[index - 1])..<ends[index]]))
    }
  }

  /// A field of the present row; bytes that are not UTF-8 are replaced.
  package func field(_ index: Int) -> String { withField(index) { String(decoding: $0, as: UTF8.self) } }

  /// All fields of the present row.
  package var fields: [String] {
    var fields: [String] = []
    for index in ends.indices { fields.append(field(index)) }
    return fields
  }

  private mutating func takeField() throws {
    let separator = separator
    if stream.take(UInt8(ascii: "\"")) {
      try takeQuoted()
    } else {
      while true {
        let run = stream.takeRun { $0 == separator || $0 == 0x0A || $0 == 0x0D }
        guard !run.isEmpty else { break }
        bytes.append(contentsOf: run)
        try checkLength(from: nextLine)
      }
    }
    ends.append(bytes.count)
  }

  private mutating func takeQuoted() throws {
    let start = nextLine
    while true {
      let run = stream.takeRun { $0 == 0x22 }
      if !run.isEmpty {
        bytes.append(contentsOf: run)
        nextLine += run.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        try checkLength(from: start)
        continue
      }
      guard stream.take(0x22) else {
        throw malformed(start, "a quote that opens here is not closed")
      }
      guard stream.take(0x22) else { return }
      bytes.append(0x22)
    }
  }

  private func checkLength(from line: Int) throws {
    guard bytes.count - (ends.last ?? 0) > Self.fieldLimit else { return }
    throw malformed(line, "a field of more than \(Self.fieldLimit) bytes begins here; is a quote not closed?")
  }

  private func malformed(_ line: Int, _ reason: String) -> SerializationError {
    .malformed(path: stream.name, place: "line \(line)", reason: reason)
  }
}
