import Foundation
import ImageCodecs
import Testing

@Suite struct ImageCodecTests {
  private static let background = RGBColor(red: 10, green: 200, blue: 30)

  /// PNG is lossless: the bytes must be equal.
  @Test(arguments: Fixture.pngNames)
  func decodesPNG(name: String) throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path(name + ".png"), background: Self.background)
    #expect(image.pixels == (try Fixture.bytes(name + ".png.rgb")))
  }

  /// JPEG: another libjpeg may round differently, by a step or two.
  @Test(arguments: Fixture.jpegNames)
  func decodesJPEG(name: String) throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path(name + ".jpg"))
    let difference = try #require(Fixture.largestDifference(image.pixels, Fixture.bytes(name + ".jpg.rgb")))
    #expect(difference <= 2)
    let isTurned =
      (5...8).contains { name == "orientation-\($0)" } || name == "orientation-big-endian" || name == "photo-turned"
    let (width, height) = name == "dot" ? (1, 1) : name.hasPrefix("photo") ? (83, 59) : (26, 18)
    #expect((image.width, image.height) == (isTurned ? (height, width) : (width, height)))
  }

  /// WebP: lossless ones to the bit; in lossy ones colour is interpolated, where a step may differ.
  @Test(arguments: Fixture.webpNames)
  func decodesWebP(name: String) throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path(name + ".webp"), background: Self.background)
    let difference = try #require(Fixture.largestDifference(image.pixels, Fixture.bytes(name + ".webp.rgb")))
    #expect(difference <= (name.hasSuffix("lossless") ? 0 : 2))
    #expect(image.width == (name == "turned" ? 59 : name.hasPrefix("photo") ? 83 : 26))
  }

  @Test func animationIsRefused() throws {
    let error = #expect(throws: ImageCodecError.self) {
      try ImageCodec.decode(contentsOf: Fixture.path("animated.webp"))
    }
    #expect(error?.reason == .unsupportedForm("an animated WebP"))
  }

  @Test(arguments: Fixture.allNames)
  func sizeEqualsDecodedSize(name: String) throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path(name))
    let size = try ImageCodec.size(contentsOf: Fixture.path(name))
    #expect(size == (image.width, image.height))
  }

  /// The suffix does not matter, the signature does.
  @Test func kindComesFromTheBytes() throws {
    #expect(ImageFormat(signatureOf: try Fixture.bytes("rgb.jpg")) == .jpeg)
    #expect(ImageFormat(signatureOf: try Fixture.bytes("rgb.png")) == .png)
    #expect(ImageFormat(signatureOf: Array("GIF89a".utf8)) == .gif)
    #expect(ImageFormat(signatureOf: Array("RIFF0000WEBPVP8 ".utf8)) == .webp)
    #expect(ImageFormat(signatureOf: Array("BM1234\0\0\0\0".utf8)) == .bmp)
    #expect(ImageFormat(signatureOf: Array("BMW and others".utf8)) == nil)
    #expect(ImageFormat(signatureOf: Array("hello".utf8)) == nil)
    let image = try ImageCodec.decode(Fixture.bytes("rgb.png"), named: "wrongly-named.jpg")
    #expect((image.width, image.height) == (26, 18))
  }

  /// The faster form is close to the exact one.
  @Test(arguments: ["photo-420.jpg", "photo-422.jpg", "photo-444.jpg", "photo-progressive.jpg", "photo.webp"])
  func fastQuality(name: String) throws {
    let file = try Fixture.bytes(name)
    let whole = PixelRegion(x: 0, y: 0, width: 83, height: 59)
    let exact = try ImageCodec.decode(file, named: name, region: whole).image
    let fast = try ImageCodec.decode(
      file, named: name, region: whole, options: DecodingOptions(quality: .fast)
    ).image
    #expect(try exact == ImageCodec.decode(file, named: name))
    let differences = zip(exact.pixels, fast.pixels).map { abs(Int($0) - Int($1)) }
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 8)
    if name != "photo-444.jpg" { #expect(fast != exact) }
  }

  /// Scaled decoding keeps the shorter edge long enough and looks like the whole image made smaller.
  @Test(arguments: [1, 20, 40, 50, 79, 80, 100, 160, 1000])
  func scaledDecoding(minimum: Int) throws {
    let small = try ImageCodec.decode(contentsOf: Fixture.path("rgb.png"))
    let large = small.resized(toWidth: 240, height: 160)
    let file = try ImageCodec.encodeJPEG(large, quality: 95)
    let image = try ImageCodec.decode(file, named: "large", minimumShorterEdge: minimum)
    let expected = [20, 40, 80, 160].first { $0 >= minimum } ?? 160
    #expect(image.shorterEdge == expected)
    let reference = large.resized(toWidth: image.width, height: image.height)
    let differences = zip(reference.pixels, image.pixels).map { abs(Int($0) - Int($1)) }
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 6)
  }

  @Test func pngSurvivesARoundTrip() throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path("noise.png"))
    for compression in [0, 1, 6, 9] {
      let file = try ImageCodec.encodePNG(image, compression: compression)
      #expect(try ImageCodec.decode(file, named: "round trip") == image)
    }
  }

  @Test func jpegIsCloseAfterARoundTrip() throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path("rgb.png")).resized(toWidth: 64, height: 48)
    let file = try ImageCodec.encodeJPEG(image, quality: 100)
    let again = try ImageCodec.decode(file, named: "round trip")
    #expect(try #require(Fixture.largestDifference(image.pixels, again.pixels)) < 40)
    #expect(try ImageCodec.encodeJPEG(image, quality: 20).count < file.count)
  }

  @Test func refusesArgumentsOutOfRange() throws {
    let image = PixelImage(width: 2, height: 2, color: .white)
    #expect(throws: ImageCodecError.self) { try ImageCodec.encodeJPEG(image, quality: 0) }
    #expect(throws: ImageCodecError.self) { try ImageCodec.encodeJPEG(image, quality: 101) }
    #expect(throws: ImageCodecError.self) { try ImageCodec.encodePNG(image, compression: 10) }
  }

  /// Many threads at once give what one gives.
  @Test func decodesInParallel() async throws {
    let file = try Fixture.bytes("progressive.jpg")
    let alone = try ImageCodec.decode(file, named: "alone")
    try await withThrowingTaskGroup(of: PixelImage.self) { group in
      for _ in 0..<64 { group.addTask { try ImageCodec.decode(file, named: "together") } }
      for try await image in group { #expect(image == alone) }
    }
  }
}
