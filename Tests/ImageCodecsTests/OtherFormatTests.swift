import Foundation
import ImageCodecs
import Testing

/// Bitmaps, Netpbm files and GIF, written here from known pixels.
@Suite struct OtherFormatTests {
  private let image = PixelImage(
    width: 13, height: 10,
    pixels: (0..<13 * 10 * 3).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) })

  /// The same image in 16 levels of grey, and the level of each pixel.
  private var levels: (image: PixelImage, values: [UInt8]) {
    let values = (0..<13 * 10).map { UInt8($0 * 7 % 16) }
    return (PixelImage(width: 13, height: 10, pixels: values.flatMap { [UInt8](repeating: $0 * 17, count: 3) }), values)
  }

  /// The whole, and a part in the middle, are the pixels that were written.
  private func expect(
    _ file: [UInt8], _ expected: PixelImage, tolerance: Int = 0, isText: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try ImageCodec.size(file, named: "file") == (13, 10), sourceLocation: sourceLocation)
    let decoded = try ImageCodec.decode(file, named: "file")
    let difference = try #require(Fixture.largestDifference(decoded.pixels, expected.pixels))
    #expect(difference <= tolerance, sourceLocation: sourceLocation)
    let region = PixelRegion(x: 3, y: 2, width: 7, height: 5)
    let part = try ImageCodec.decode(file, named: "file", region: region).image
    for y in 0..<5 {
      let row = ((y + 2) * 13 + 3) * 3
      #expect(
        Array(part.pixels[y * 21..<(y + 1) * 21]) == Array(decoded.pixels[row..<row + 21]),
        sourceLocation: sourceLocation)
    }
    // Cut short anywhere, it is an error or, behind the last pixel, the same image; a number in text may lose its last
    // digit.
    for count in 0..<(isText ? file.count - 5 : file.count) {
      if let cut = try? ImageCodec.decode(Array(file.prefix(count)), named: "cut") {
        #expect(cut == decoded, sourceLocation: sourceLocation)
      }
    }
    // Whatever changes, nothing crashes.
    let limits = ImageLimits(side: 200, pixels: 40_000, memory: 1 << 20, fileBytes: 1 << 20)
    for position in file.indices {
      for bits: UInt8 in [0xFF, 0x80, 0x01] {
        var damaged = file
        damaged[position] ^= bits
        _ = try? ImageCodec.decode(damaged, named: "damaged", limits: limits)
      }
    }
  }

  // MARK: Netpbm

  @Test func netpbmInAllKinds() throws {
    let bytes = image.pixels
    try expect(Array("P6\n# made by hand\n13 10\n255\n".utf8) + bytes, image)
    try expect(Array("P3 13 10 255\n".utf8) + Array(bytes.map { "\($0) " }.joined().utf8), image, isText: true)
    try expect(Array("P6 13 10 65535\n".utf8) + bytes.flatMap { [$0, $0] }, image)
    let grey = levels
    try expect(Array("P5\t13\r\n10 #x\n15\n".utf8) + grey.values, grey.image)
    try expect(
      Array("P2\n13 10\n15\n".utf8) + Array(grey.values.map { "\($0)\n" }.joined().utf8), grey.image, isText: true)
    let bits = grey.values.map { $0 % 2 }
    let black = PixelImage(width: 13, height: 10, pixels: bits.flatMap { [UInt8](repeating: 255 - $0 * 255, count: 3) })
    try expect(Array("P1\n13 10\n".utf8) + bits.map { $0 + 48 }, black)
    let packed = (0..<10).flatMap { row -> [UInt8] in
      let row = bits[row * 13..<(row + 1) * 13] + [0, 0, 0]
      return [0, 8].map { start in row.dropFirst(start).prefix(8).reduce(0) { $0 << 1 | $1 } }
    }
    try expect(Array("P4\n13 10\n".utf8) + packed, black)
  }

  // MARK: BMP

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// A bitmap; rows are given from the top and stored from the bottom unless `isTopDown`.
  private func bitmap(
    _ rows: [[UInt8]], bits: Int, palette: [UInt8] = [], isTopDown: Bool = false, masks: [Int] = []
  ) -> [UInt8] {
    let padded = rows.map { $0 + [UInt8](repeating: 0, count: (4 - $0.count % 4) % 4) }
    let pixels = Array((isTopDown ? padded : padded.reversed()).joined())
    let extra = palette + masks.flatMap { little($0, 4) }
    let offset = 54 + extra.count
    return Array("BM".utf8) + little(offset + pixels.count, 4) + little(0, 4) + little(offset, 4) + little(40, 4)
      + little(13, 4) + little(isTopDown ? -10 : 10, 4) + little(1, 2) + little(bits, 2)
      + little(masks.isEmpty ? 0 : masks.count == 4 ? 6 : 3, 4) + little(pixels.count, 4) + little(0, 8)
      + little(palette.count / 4, 4) + little(0, 4) + extra + pixels
  }

  private func rows(_ pixel: (Int) -> [UInt8]) -> [[UInt8]] {
    (0..<10).map { y in (0..<13).flatMap { pixel(y * 13 + $0) } }
  }

  @Test func bitmapsInAllKinds() throws {
    func color(_ index: Int) -> [UInt8] { Array(image.pixels[index * 3..<index * 3 + 3]) }
    let mirrored = rows { color($0).reversed() }
    try expect(bitmap(mirrored, bits: 24), image)
    try expect(bitmap(mirrored, bits: 24, isTopDown: true), image)
    try expect(bitmap(rows { color($0).reversed() + [0] }, bits: 32), image)
    let masks = [0xFF00_0000, 0xFF_0000, 0xFF00]
    try expect(bitmap(rows { [0] + color($0).reversed() }, bits: 32, masks: masks), image)
    try expect(
      bitmap(rows { [255] + color($0).reversed() }, bits: 32, masks: masks + [0xFF]), image)
    let white = PixelImage(width: 13, height: 10, color: .white)
    try expect(bitmap(rows { [0] + color($0).reversed() }, bits: 32, masks: masks + [0xFF]), white)
    func packed(_ index: Int, _ bits: [Int]) -> [UInt8] {
      let value = zip(color(index), bits).reduce(0) { $0 << $1.1 | Int($1.0) >> (8 - $1.1) }
      return little(value, 2)
    }
    try expect(bitmap(rows { packed($0, [5, 5, 5]) }, bits: 16), image, tolerance: 8)
    try expect(bitmap(rows { packed($0, [5, 6, 5]) }, bits: 16, masks: [0xF800, 0x7E0, 0x1F]), image, tolerance: 8)
    let grey = levels
    let palette: [UInt8] = (0..<16).flatMap { level -> [UInt8] in
      [UInt8](repeating: UInt8(level * 17), count: 3) + [0]
    }
    try expect(bitmap(rows { [grey.values[$0]] }, bits: 8, palette: palette), grey.image)
    let nibbles: [[UInt8]] = (0..<10).map { y -> [UInt8] in
      (0..<7).map { x -> UInt8 in
        let first = y * 13 + 2 * x
        let second: UInt8 = x < 6 ? grey.values[first + 1] : 0
        return grey.values[first] << 4 | second
      }
    }
    try expect(bitmap(nibbles, bits: 4, palette: palette), grey.image)
  }

  @Test func compressedBitmapsAreNamed() throws {
    var file = bitmap(rows { _ in [0] }, bits: 8, palette: [UInt8](repeating: 0, count: 1024))
    file[30] = 1
    let error = #expect(throws: ImageCodecError.self) { try ImageCodec.decode(file, named: "rle.bmp") }
    #expect(error?.description.contains("compressed bitmap") == true)
  }

  // MARK: GIF

  /// Packs codes of growing width, as GIF has them, with a new table every 97 pixels.
  private func gif(
    _ indices: [UInt8], frame: (x: Int, y: Int, width: Int, height: Int), isInterlaced: Bool = false,
    transparent: UInt8? = nil, isLocal: Bool = false
  ) -> [UInt8] {
    let palette = (0..<16).flatMap { [UInt8](repeating: UInt8($0 * 17), count: 3) }
    let order =
      isInterlaced
      ? [
        stride(from: 0, to: frame.height, by: 8), stride(from: 4, to: frame.height, by: 8),
        stride(from: 2, to: frame.height, by: 4), stride(from: 1, to: frame.height, by: 2),
      ].flatMap { Array($0) }
      : Array(0..<frame.height)
    let stored = order.flatMap { indices[$0 * frame.width..<($0 + 1) * frame.width] }
    var packer = CodePacker(codeSize: 4)
    packer.pack(stored)
    var file = Array("GIF89a".utf8) + little(13, 2) + little(10, 2) + [isLocal ? 0 : 0x83, 0, 0]
    file += isLocal ? [] : palette
    file += [0x21, 0xFE, 3] + Array("hey".utf8) + [0]
    if let transparent { file += [0x21, 0xF9, 4, 1, 0, 0, transparent, 0] }
    file += [0x2C] + little(frame.x, 2) + little(frame.y, 2) + little(frame.width, 2) + little(frame.height, 2)
    file += [(isInterlaced ? 0x40 : 0) | (isLocal ? 0x83 : 0)] + (isLocal ? palette : []) + [4]
    for start in stride(from: 0, to: packer.bytes.count, by: 255) {
      let block = packer.bytes[start..<min(start + 255, packer.bytes.count)]
      file += [UInt8(block.count)] + block
    }
    return file + [0, 0x3B]
  }

  @Test func gifWithAllItsForms() throws {
    let (grey, values) = levels
    let whole = (x: 0, y: 0, width: 13, height: 10)
    try expect(gif(values, frame: whole), grey)
    try expect(gif(values, frame: whole, isLocal: true), grey)
    try expect(gif(values, frame: whole, isInterlaced: true), grey)
    func repainted(_ isHidden: (Int) -> Bool) -> PixelImage {
      PixelImage(
        width: 13, height: 10,
        pixels: (0..<130).flatMap { [UInt8](repeating: isHidden($0) ? 255 : values[$0] * 17, count: 3) })
    }
    try expect(gif(values, frame: whole, transparent: 5), repainted { values[$0] == 5 })
    let part = (2..<9).flatMap { y in values[y * 13 + 4..<y * 13 + 9] }
    let framed = repainted { !(2..<9).contains($0 / 13) || !(4..<9).contains($0 % 13) }
    try expect(gif(part, frame: (4, 2, 5, 7), isInterlaced: true), framed)
    // Only the first image of an animation counts.
    let first = gif(values, frame: whole)
    let second = gif(values.reversed(), frame: whole)
    #expect(try ImageCodec.decode(first.dropLast() + second.dropFirst(61), named: "animated") == grey)
  }

  /// A flat image makes long strings out of few codes.
  @Test func gifOfOneColor() throws {
    let flat = [UInt8](repeating: 3, count: 130)
    try expect(
      gif(flat, frame: (0, 0, 13, 10)),
      PixelImage(width: 13, height: 10, pixels: [UInt8](repeating: 51, count: 390)))
  }

  // MARK: What is not read

  @Test(arguments: [
    ("<!DOCTYPE html>\n<html>", "web page"), ("  <html lang=\"en\">", "web page"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "git lfs pull"),
    ("<?xml version=\"1.0\"?><svg/>", "SVG"), ("%PDF-1.7\n%", "PDF"), ("{\"error\": 404}", "JSON"),
    ("404: Not Found", "text"), ("\u{FEFF}Bitte anmelden", "text"), ("PK\u{3}\u{4}", "archive"),
  ])
  func foreignContentsAreNamed(text: String, word: String) throws {
    let error = #expect(throws: ImageCodecError.self) { try ImageCodec.decode(Array(text.utf8), named: "x.jpg") }
    #expect(error?.description.contains(word) == true)
    #expect(error?.isDamage == true)
  }

  @Test(arguments: [
    ("heic", ImageFormat.heif), ("mif1", .heif), ("avif", .avif),
  ])
  func otherFormatsAreNamed(brand: String, format: ImageFormat) throws {
    let file = [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [UInt8](repeating: 0, count: 12)
    #expect(throws: ImageCodecError(name: "x.jpg", reason: .unsupportedFormat(format))) {
      try ImageCodec.decode(file, named: "x.jpg")
    }
    let video = [0, 0, 0, 24] + Array("ftypisom".utf8) + [UInt8](repeating: 0, count: 12)
    #expect(throws: ImageCodecError(name: "x.jpg", reason: .foreign(.video))) {
      try ImageCodec.decode(video, named: "x.jpg")
    }
  }
}

/// Packs indices into the codes of a GIF.
private struct CodePacker {
  private(set) var bytes: [UInt8] = []
  private let codeSize: Int
  private var bits = 0
  private var bitCount = 0

  init(codeSize: Int) { self.codeSize = codeSize }

  mutating func pack(_ indices: [UInt8]) {
    let clear = 1 << codeSize
    var (table, next, width): ([[UInt8]: Int], Int, Int) = ([:], 0, 0)
    func code(_ string: [UInt8]) -> Int { string.count == 1 ? Int(string[0]) : table[string] ?? clear }
    func reset() { (table, next, width) = ([:], clear + 2, codeSize + 1) }
    reset()
    put(clear, width)
    var string: [UInt8] = []
    for (position, index) in indices.enumerated() {
      if string.isEmpty || table[string + [index]] != nil {
        string.append(index)
        continue
      }
      put(code(string), width)
      if position % 97 == 0 {
        widen(&width, before: next)
        put(clear, width)
        reset()
      } else {
        table[string + [index]] = next
        next += 1
        if next > 1 << width { width += 1 }
      }
      string = [index]
    }
    put(code(string), width)
    widen(&width, before: next)
    put(clear + 1, width)
    if bitCount > 0 { bytes.append(UInt8(bits & 0xFF)) }
  }

  /// Readers are one entry behind.
  private func widen(_ width: inout Int, before next: Int) {
    if next == 1 << width { width += 1 }
  }

  private mutating func put(_ code: Int, _ width: Int) {
    bits |= code << bitCount
    bitCount += width
    while bitCount >= 8 {
      bytes.append(UInt8(bits & 0xFF))
      bits >>= 8
      bitCount -= 8
    }
  }
}
