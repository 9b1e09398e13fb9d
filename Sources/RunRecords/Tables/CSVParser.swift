/// Takes comma-separated values apart.
struct CSVParser {
  let bytes: [UInt8]
  let path: String
  private var position = 0
  private var line = 1

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  mutating func next() throws -> CSVFile.Row? {
    guard position < bytes.count else { return nil }
    let start = line
    var fields = [try field()]
    while take(UInt8(ascii: ",")) { fields.append(try field()) }
    _ = take(0x0D)
    guard take(0x0A) || position == bytes.count else {
      throw RunError.malformedLine(path: path, line: line, reason: "a quote must be followed by a comma or line end")
    }
    line += 1
    return (start, fields)
  }

  private mutating func field() throws -> String {
    guard take(UInt8(ascii: "\"")) else {
      let start = position
      while position < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    let start = line
    var collected: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\""), !take(UInt8(ascii: "\"")) { return String(decoding: collected, as: UTF8.self) }
      if byte == 0x0A { line += 1 }
      collected.append(byte)
    }
    throw RunError.malformedLine(path: path, line: start, reason: "a quote that opens here is not closed")
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
