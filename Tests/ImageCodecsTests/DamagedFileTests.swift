import Foundation
import ImageCodecs
import Testing

/// Damaged files give errors that name the file, and never crash.
@Suite struct DamagedFileTests {
  /// Truncated at every tenth of its length, and one byte before the end, no file decodes.
  @Test(arguments: Fixture.allNames)
  func truncatedFilesAreErrors(name: String) throws {
    let file = try Fixture.bytes(name)
    // What stands behind the image in these files may be missing.
    let isOpenEnded = name == "turned.webp"
    for cut in (0...9).map({ file.count * $0 / 10 }) + (isOpenEnded ? [] : [file.count - 1]) {
      let error = #expect(throws: ImageCodecError.self, "\(name) cut at \(cut)") {
        try ImageCodec.decode(Array(file.prefix(cut)), named: name)
      }
      #expect(error?.name == name)
      #expect(error?.isDamage == true)
    }
  }

  /// Flipped bytes may decode to another image, or not, but they never crash; the size stays within the limits.
  @Test(arguments: Fixture.allNames)
  func flippedBytesNeverCrash(name: String) throws {
    let file = try Fixture.bytes(name)
    let limits = ImageLimits(side: 2000, pixels: 1_000_000, memory: 1 << 24, fileBytes: 1 << 20)
    for position in stride(from: 0, to: file.count, by: 3) {
      var damaged = file
      damaged[position] ^= 0xFF
      if let image = try? ImageCodec.decode(damaged, named: name, limits: limits) {
        #expect(image.width <= 2000)
        #expect(image.height <= 2000)
      }
      _ = try? ImageCodec.size(damaged, named: name)
    }
  }

  /// A header of 65,000 x 65,000 pixels is refused without allocating memory.
  @Test func hugeJPEGHeaderIsRefused() throws {
    var file = try Fixture.bytes("rgb.jpg")
    let frame = try #require(
      file.indices.dropLast(8).first { file[$0] == 0xFF && (file[$0 + 1] == 0xC0 || file[$0 + 1] == 0xC2) })
    for offset in [5, 7] { file.replaceSubrange((frame + offset)..<(frame + offset + 2), with: [0xFD, 0xE8]) }
    #expect(throws: ImageCodecError.self) { try ImageCodec.size(file, named: "huge.jpg") }
    try expectTooLarge(file)
  }

  @Test func hugePNGHeaderIsRefused() throws {
    var file = try Fixture.bytes("rgb.png")
    for offset in [16, 20] { file.replaceSubrange(offset..<(offset + 4), with: [0, 0, 0xFD, 0xE8]) }
    let sum = crc32(of: file[12..<29])
    file.replaceSubrange(29..<33, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) })
    try expectTooLarge(file)
  }

  private func expectTooLarge(_ file: [UInt8]) throws {
    let error = #expect(throws: ImageCodecError.self) { try ImageCodec.decode(file, named: "huge") }
    guard case .tooLarge(let text) = error?.reason else {
      Issue.record("not refused as too large: \(error?.description ?? "no error")")
      return
    }
    #expect(text.contains("65000"))
  }

  /// The memory limit is checked before memory is allocated.
  @Test(arguments: ["noise.png", "progressive.jpg"])
  func memoryLimit(name: String) throws {
    let limits = ImageLimits(side: 100, pixels: 10_000, memory: 1000, fileBytes: 1 << 20)
    let error = #expect(throws: ImageCodecError.self) {
      try ImageCodec.decode(contentsOf: Fixture.path(name), limits: limits)
    }
    guard case .tooLarge = error?.reason else {
      Issue.record("not refused: \(error?.description ?? "no error")")
      return
    }
  }

  /// A short form of `scripts/check-codecs-fuzz`: files with several kinds of damage, as a whole and in part.
  @Test func damagedFilesNeverCrash() throws {
    let names = Fixture.allNames
    let files = try names.map(Fixture.bytes)
    var random = SeededGenerator(seed: 7)
    let limits = ImageLimits(side: 1500, pixels: 1_000_000, memory: 1 << 24, fileBytes: 1 << 20)
    var (decoded, refused) = (0, 0)
    for number in 0..<600 {
      let choice = Int.random(in: 0..<files.count, using: &random)
      let file = damaged(files[choice], other: files.randomElement(using: &random) ?? [], number, &random)
      do {
        let size = try ImageCodec.size(file, named: names[choice])
        let (width, height) = (min(size.width, 40), min(size.height, 30))
        let region = PixelRegion(x: size.width - width, y: size.height - height, width: width, height: height)
        _ = try ImageCodec.decode(
          file, named: names[choice], region: region, minimumSize: (width / 3, height / 3),
          options: DecodingOptions(quality: number % 2 == 0 ? .exact : .fast, limits: limits))
        decoded += 1
      } catch let error as ImageCodecError {
        #expect(error.name == names[choice])
        #expect(!error.explanation.isEmpty)
        refused += 1
      }
    }
    #expect(decoded > 0)
    #expect(refused > 0)
  }

  private func damaged(
    _ file: [UInt8], other: [UInt8], _ number: Int, _ random: inout SeededGenerator
  ) -> [UInt8] {
    var file = file
    switch number % 4 {
    case 0:
      for _ in 0..<Int.random(in: 1...16, using: &random) {
        file[Int.random(in: 0..<file.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    case 1: file.removeLast(Int.random(in: 0..<file.count, using: &random))
    case 2:
      for _ in 0..<4 {
        file[Int.random(in: 0..<min(file.count, 700), using: &random)] =
          [0, 1, 0x7F, 0x80, 0xFF][Int.random(in: 0..<5, using: &random)]
      }
    default:
      let start = Int.random(in: 0..<min(file.count, other.count), using: &random)
      file.replaceSubrange(start..., with: other[start...])
    }
    return file
  }

  /// A decoder does not reuse the Huffman tables of the previous file.
  @Test func tablesAreNotReused() throws {
    let used = ImageDecoder()
    let sound = try Fixture.bytes("photo-optimal.jpg")
    func decode(_ file: [UInt8], by decoder: ImageDecoder) throws -> [UInt8] {
      var target = [UInt8](repeating: 0, count: 83 * 59 * 3)
      try file.withUnsafeBufferPointer { bytes in
        try decoder.open(bytes, named: "file")
        try target.withUnsafeMutableBufferPointer {
          try decoder.read(PixelRegion(x: 0, y: 0, width: 83, height: 59), at: .full, into: $0)
        }
      }
      return target
    }
    let image = try decode(sound, by: used)
    var tableless = sound
    while let mark = tableless.indices.dropLast().first(where: {
      tableless[$0] == 0xFF && tableless[$0 + 1] == 0xC4
    }) {
      let length = Int(tableless[mark + 2]) << 8 | Int(tableless[mark + 3])
      tableless.removeSubrange(mark..<(mark + 2 + length))
    }
    #expect(tableless.count < sound.count)
    // The library may use standard tables instead, as for Motion JPEG, but not those of the previous file.
    let byNew = Result { try decode(tableless, by: ImageDecoder()) }
    let byUsed = Result { try decode(tableless, by: used) }
    switch (byNew, byUsed) {
    case (.success(let expected), .success(let actual)):
      #expect(actual == expected)
      #expect(actual != image)
    case (.failure(let expected), .failure(let actual)): #expect("\(actual)" == "\(expected)")
    default: Issue.record("a new decoder gives \(byNew), a used one \(byUsed)")
    }
    #expect(try decode(sound, by: used) == image)
  }

  @Test func errorsNameTheFile() throws {
    let folder = NSTemporaryDirectory()
    #expect(throws: ImageCodecError(name: "/nowhere/a.jpg", reason: .missing)) {
      try ImageCodec.decode(contentsOf: "/nowhere/a.jpg")
    }
    #expect(throws: ImageCodecError(name: folder, reason: .unreadable("it is a folder, not a regular file"))) {
      try ImageCodec.decode(contentsOf: folder)
    }
    #expect(throws: ImageCodecError(name: "a", reason: .empty)) { try ImageCodec.decode([], named: "a") }
    #expect(throws: ImageCodecError(name: "a", reason: .notAnImage)) {
      try ImageCodec.decode([1, 2, 3, 0, 0xFF], named: "a")
    }
    let error = #expect(throws: ImageCodecError(name: "a\u{1B}.jpg", reason: .unsupportedFormat(.tiff))) {
      try ImageCodec.decode([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], named: "a\u{1B}.jpg")
    }
    #expect(
      error?.description == "a\\u{1b}.jpg: this is a TIFF file, and only JPEG, PNG, GIF, BMP, PPM and WebP are read; "
        + "convert it to JPEG or PNG")
  }

  /// CRC-32 as PNG uses it, bit by bit.
  private func crc32(of bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
    return ~sum
  }
}

/// Numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {  // splitmix64
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
