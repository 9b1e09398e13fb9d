import Foundation
import ImageCodecs
import Testing

/// Small files that would need much work or memory. The time limit only ends a test that hangs.
@Suite(.timeLimit(.minutes(2))) struct CostlyFileTests {
  private func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return big(data.count, 4) + body + big(Int(crc32(of: body)), 4)
  }

  private func crc32(of bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
    return ~sum
  }

  private func reason(_ file: [UInt8]) -> String {
    let error = #expect(throws: ImageCodecError.self) { try ImageCodec.decode(file, named: "costly") }
    return error?.explanation ?? ""
  }

  /// Impossible sizes are refused when the header is read, before they are used in arithmetic.
  @Test(arguments: [(1, 1 << 30), (1 << 30, 1), (0x7FFF_FFFF, 0x7FFF_FFFF), (65_501, 1), (20_000, 20_000)])
  func impossibleSizesAreRefusedByTheHeader(width: Int, height: Int) throws {
    let header = chunk("IHDR", big(width, 4) + big(height, 4) + [8, 2, 0, 0, 0])
    let png = [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + header + chunk("IDAT", []) + chunk("IEND", [])
    for file in [png, Array("P6 \(width) \(height) 255\n".utf8) + [0, 0, 0]] {
      #expect(reason(file).contains("\(width) x \(height) pixels, but"))
      let error = #expect(throws: ImageCodecError.self) { try ImageCodec.size(file, named: "costly") }
      #expect(error?.description.contains("too large") == true)
    }
  }

  /// Chunks behind the end of the stream are passed over.
  @Test(arguments: ["rgb.png", "interlaced.png"])
  func chunksBehindTheStreamAreIgnored(name: String) throws {
    let file = try Fixture.bytes(name)
    let end = file.count - 12
    let changed = Array(file[..<end]) + chunk("IDAT", [UInt8](repeating: 0, count: 200_000)) + Array(file[end...])
    #expect(try ImageCodec.decode(changed, named: name) == ImageCodec.decode(file, named: name))
  }

  /// A deflate stream of 8 MiB that unpacks to a gigabyte and a half of zeros.
  private static let longStream: [UInt8] = {
    var stream = BitWriter()
    stream.append(0b110, count: 3)  // the last block, with fixed Huffman codes
    stream.append(0b0011_0000, count: 8)  // the byte 0
    for _ in 0..<16 {
      stream.append(0b1100_0101, count: 8)  // 258 bytes more
      stream.append(0, count: 5)  // of the one before
    }
    // Codes of 13 bits repeat every 13 bytes.
    var bytes = Array(stream.bytes[..<2])
    for _ in 0..<((8 << 20) / 13) { bytes += stream.bytes[2..<15] }
    return bytes
  }()

  /// One pixel, and a stream that goes on for a gigabyte and a half of zeros, in one chunk and in many.
  @Test(arguments: [8 << 20, 60_000])
  func streamsBehindTheLastRowAreBounded(chunkSize: Int) throws {
    let data = [0x78, 0x01] + Self.longStream
    let header = chunk("IHDR", big(1, 4) + big(1, 4) + [8, 0, 0, 0, 0])
    let chunks = stride(from: 0, to: data.count, by: chunkSize).flatMap { start in
      chunk("IDAT", Array(data[start..<min(start + chunkSize, data.count)]))
    }
    let file = [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + header + chunks + chunk("IEND", [])
    #expect(reason(file).contains("the data go on far behind the rows"))
  }

  /// A thousand texts of 8 MB each, packed, would be gigabytes.
  @Test func textsAreNotDecompressed() throws {
    let file = try Fixture.bytes("rgb.png")
    let text = chunk("tEXt", Array("Comment\0".utf8) + [UInt8](repeating: 65, count: 100_000))
    let texts = (0..<1200).flatMap { _ in text }
    let image = try ImageCodec.decode(Array(file[..<33] + texts + file[33...]), named: "texts")
    #expect(image == (try ImageCodec.decode(file, named: "plain")))
  }

  /// A progressive JPEG of 16,000 x 16,000 grey pixels with as many scans as the standard allows, each of some hundred
  /// bytes.
  @Test func scansAreBoundedByPixels() {
    let side = 16_000
    func segment(_ mark: UInt8, _ data: [UInt8]) -> [UInt8] { [0xFF, mark] + big(data.count + 2, 2) + data }
    let oneCode: [UInt8] = [1] + [UInt8](repeating: 0, count: 15)
    var file: [UInt8] = [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    file += segment(0xC2, [8] + big(side, 2) + big(side, 2) + [1, 1, 0x11, 0])
    // One code of a single bit each: no change of the mean value; and a run of 16,384 blocks without coefficients.
    file += segment(0xC4, [0x00] + oneCode + [0]) + segment(0xC4, [0x10] + oneCode + [0xE0])
    let blocks = (side / 8) * (side / 8)
    file += segment(0xDA, [1, 1, 0x00, 0, 0, 0]) + [UInt8](repeating: 0, count: blocks / 8)
    let run = [UInt8](repeating: 0, count: (blocks / 16_384 + 1) * 15 / 8 + 1)
    for bit: UInt8 in (0...13).reversed() {
      for band: UInt8 in 1...63 {
        let before: UInt8 = bit == 13 ? 0 : bit + 1
        file += segment(0xDA, [1, 1, 0x00, band, band, before << 4 | bit]) + run
      }
    }
    // Small, as training reads it: the pixels themselves would be over the limit of memory.
    let error = #expect(throws: ImageCodecError.self) {
      try ImageCodec.decode(file + [0xFF, 0xD9], named: "costly", minimumShorterEdge: 64)
    }
    #expect(error?.explanation.contains("too many scans") == true, "\(error?.explanation ?? "")")
  }
}
