/// Writes tar archives for tests: ustar, with long names as pax or as GNU has them.
struct TarWriter {
  private(set) var bytes: [UInt8] = []

  /// Adds a file.
  mutating func add(_ name: String, _ contents: [UInt8], type: UInt8 = UInt8(ascii: "0"), prefix: String = "") {
    bytes += Self.header(name: name, size: contents.count, type: type, prefix: prefix)
    bytes += contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
  }

  mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

  /// Adds a file whose path stands in a pax header.
  mutating func addPax(_ name: String, _ contents: [UInt8]) {
    let body = " path=\(name)\n"
    var length = body.utf8.count
    while "\(length)".utf8.count + body.utf8.count != length { length = "\(length)".utf8.count + body.utf8.count }
    add("PaxHeaders/x", Array("\(length)\(body)".utf8), type: UInt8(ascii: "x"))
    add(String(name.prefix(90)), contents)
  }

  /// Adds a file whose path stands in a GNU long name.
  mutating func addGNU(_ name: String, _ contents: [UInt8]) {
    add("././@LongLink", Array(name.utf8) + [0], type: UInt8(ascii: "L"))
    add(String(name.prefix(90)), contents)
  }

  /// Adds the two blocks of zeros at the end.
  mutating func finish() { bytes += [UInt8](repeating: 0, count: 1024) }

  private static func header(name: String, size: Int, type: UInt8, prefix: String) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ place: Int) { block.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8) }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    put(name, 0)
    put(octal(0o644, 7), 100)
    put(octal(0, 7), 108)
    put(octal(0, 7), 116)
    put(octal(size, 11), 124)
    put(octal(0, 11), 136)
    block[156] = type
    put("ustar", 257)
    put("00", 263)
    put(prefix, 345)
    put("        ", 148)
    put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ", 148)
    return block
  }
}
