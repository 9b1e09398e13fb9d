import Foundation
import ImageCodecs
import Testing

/// Bad files give errors that name the file, and never end the process.
@Suite struct DamagedFileTests {
  /// Cut at every tenth of its length, and one byte before the end, no file decodes.
  @Test(arguments: Fixture.allNames)
  func truncatedFilesAreErrors(name: String) throws {
    let file = try Fixture.bytes(name)
    for cut in (0...9).map({ file.count * $0 / 10 }) + [file.count - 1] {
      let error = #expect(throws: ImageCodecError.self, "\(name) cut at \(cut)") {
        try ImageCodec.decode(Array(file.prefix(cut)), named: name)
      }
      #expect(error?.name == name)
      #expect(error?.isDamage == true)
    }
  }

  /// Flipped bytes may decode to another picture, or not, but they never crash; the size stays within the limits.
  @Test(arguments: Fixture.allNames)
  func flippedBytesNeverCrash(name: String) throws {
    let file = try Fixture.bytes(name)
    let limits = ImageLimits(side: 2000, pixels: 1_000_000, memory: 1 << 24, fileBytes: 1 << 20)
    for position in stride(from: 0, to: file.count, by: 3) {
      var damaged = file
      damaged[position] ^= 0xFF
      if let image = try? ImageCodec.decode(damaged, named: name, limits: limits) {
        #expect(image.width <= 2000 && image.height <= 2000)
      }
      _ = try? ImageCodec.size(damaged, named: name)
    }
  }

  /// A header that promises 65,000 x 65,000 pixels costs nothing.
  @Test func hugeJPEGHeaderIsRefused() throws {
    var file = try Fixture.bytes("rgb.jpg")
    let frame = try #require(
      file.indices.dropLast(8).first { file[$0] == 0xFF && (file[$0 + 1] == 0xC0 || file[$0 + 1] == 0xC2) })
    for offset in [5, 7] { file.replaceSubrange((frame + offset)..<(frame + offset + 2), with: [0xFD, 0xE8]) }
    #expect(try ImageCodec.size(file, named: "huge.jpg") == (65_000, 65_000))
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

  /// The memory limit is looked at before memory is taken.
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

  @Test func otherFilesAreNamed() throws {
    let folder = NSTemporaryDirectory()
    #expect(throws: ImageCodecError(name: "/nowhere/a.jpg", reason: .missing)) {
      try ImageCodec.decode(contentsOf: "/nowhere/a.jpg")
    }
    #expect(throws: ImageCodecError(name: folder, reason: .unreadable("it is a folder"))) {
      try ImageCodec.decode(contentsOf: folder)
    }
    #expect(throws: ImageCodecError(name: "a", reason: .empty)) { try ImageCodec.decode([], named: "a") }
    #expect(throws: ImageCodecError(name: "a", reason: .notAnImage)) {
      try ImageCodec.decode(Array("plain text".utf8), named: "a")
    }
    let error = #expect(throws: ImageCodecError(name: "a.gif", reason: .unsupportedFormat(.gif))) {
      try ImageCodec.decode(Array("GIF89a......".utf8), named: "a.gif")
    }
    #expect(error?.description == "a.gif: this is a GIF file; only JPEG and PNG are read, convert it")
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
