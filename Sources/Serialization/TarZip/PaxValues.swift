/// The values in a pax header for the next member: `<length> <key>=<value>\n` records.
struct PaxValues {
  var path: String?
  var size: Int?

  init() {}

  /// - Throws: `TarProblem`.
  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      guard let space = rest.firstIndex(of: 0x20),
        let length = Array(rest[..<space]).withUnsafeBufferPointer({ ByteText.naturalNumber($0) }),
        length > space - rest.startIndex + 1, length <= rest.count
      else { throw TarProblem("a pax header with a wrong length") }
      let record = rest[(space + 1)..<(rest.startIndex + length)]
      guard record.last == 0x0A, let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
        throw TarProblem("a pax header without '=' or line end")
      }
      let key = String(decoding: record[..<equals], as: UTF8.self)
      let value = Array(record[(equals + 1)..<(record.endIndex - 1)])
      try set(key, value)
      rest = rest.dropFirst(length)
    }
  }

  private mutating func set(_ key: String, _ value: [UInt8]) throws {
    switch key {
    case "path":
      guard let text = String(validating: value, as: UTF8.self) else {
        throw TarProblem("a pax path that is not UTF-8 text")
      }
      path = text
    case "size":
      guard let number = value.withUnsafeBufferPointer({ ByteText.naturalNumber($0) }), number < 1 << 60 else {
        throw TarProblem("a pax size that is no number")
      }
      size = number
    case _ where key.hasPrefix("GNU.sparse"):
      throw TarProblem("a sparse file; pack the archive without sparse files")
    default: break
    }
  }
}
