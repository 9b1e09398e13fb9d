/// Puts bits into bytes as deflate does: the first bit is the lowest of a byte.
struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var used = 8

  /// Appends the lowest `count` bits of a number, the highest of them first, as Huffman codes are written.
  mutating func append(_ value: UInt32, count: Int) {
    for position in (0..<count).reversed() {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= UInt8(value >> UInt32(position) & 1) << UInt8(used)
      used += 1
    }
  }
}
