import LongtailTestSupport

/// Damages bytes as disks, transfers and editors do: flipped bits, changed, cut, repeated and moved pieces.
enum Mutation {
  /// One to four seeded changes.
  static func apply(to bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
      change(&result, using: &generator)
    }
    return result
  }

  private static func change(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let length = Int.random(in: 1...max(1, min(64, bytes.count - place)), using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.removeLast(bytes.count - place)
    case 3: bytes.removeSubrange(place..<(place + length))
    case 4:
      bytes.insert(contentsOf: bytes[place..<(place + length)], at: Int.random(in: 0...bytes.count, using: &generator))
    case 5: bytes[place] = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
    case 6:
      // A number made long, negative or fractional.
      let texts = ["99999999999999999999", "-1", "1e400", "0.5", "", "null", "\u{FEFF}", "9223372036854775807"]
      bytes.replaceSubrange(
        place..<min(place + 1, bytes.count), with: texts[Int.random(in: 0..<texts.count, using: &generator)].utf8)
    default:
      for index in place..<(place + length) { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
    }
  }

  /// Bytes with a meaning in one of the formats.
  private static let interesting = Array("{}[]\",:\\ \n\r\t0-/.;'e".utf8) + [0, 0xFF, 0xC3, 0x80]
}
