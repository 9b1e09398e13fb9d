import ImageCodecs
import Testing

/// Regions of images.
@Suite struct RegionTests {
  /// A part has the pixels that the whole image has there, to the bit.
  @Test(arguments: Fixture.allNames)
  func partEqualsTheWhole(name: String) throws {
    let file = try Fixture.bytes(name)
    let whole = try ImageCodec.decode(file, named: name)
    var random = SeededGenerator(seed: 3)
    for _ in 0..<40 {
      let region = Self.region(in: whole, &random)
      let part = try ImageCodec.decode(file, named: name, region: region)
      #expect(part.scale == .full)
      #expect(part.x == region.x)
      #expect(part.y == region.y)
      let expected = whole.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
      #expect(part.image == expected, "\(region)")
    }
  }

  /// At a smaller scale a part has the pixels of the whole image at that scale.
  @Test(arguments: Fixture.photoNames + (1...8).map { "orientation-\($0)" })
  func scaledPartEqualsTheScaledWhole(name: String) throws {
    let file = try Fixture.bytes(name + ".jpg")
    let full = try ImageCodec.size(file, named: name)
    var random = SeededGenerator(seed: 4)
    for scale in DecodingScale.allCases {
      let whole = try ImageCodec.decode(
        file, named: name, minimumShorterEdge: scale.length(of: min(full.width, full.height)))
      for _ in 0..<20 {
        let region = Self.region(in: PixelImage(width: full.width, height: full.height, color: .black), &random)
        let minimum = (scale.length(of: region.width), scale.length(of: region.height))
        let part = try ImageCodec.decode(file, named: name, region: region, minimumSize: minimum)
        // A part of few pixels may be that long at a smaller scale already.
        guard part.scale == scale else { continue }
        let image = part.image
        #expect(image == whole.cropped(x: part.x, y: part.y, width: image.width, height: image.height))
        #expect(image.width >= minimum.0)
        #expect(image.height >= minimum.1)
      }
    }
  }

  @Test func smallestSufficientScaleIsTaken() throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path("rgb.png")).resized(toWidth: 640, height: 480)
    let file = try ImageCodec.encodeJPEG(image, quality: 85)
    let region = PixelRegion(x: 101, y: 33, width: 500, height: 400)
    for (minimum, scale) in [(400, DecodingScale.full), (201, .full), (200, .half), (100, .quarter), (50, .eighth)] {
      let part = try ImageCodec.decode(file, named: "file", region: region, minimumSize: (minimum, minimum))
      #expect(part.scale == scale)
      #expect(part.image.shorterEdge >= minimum)
    }
  }

  @Test(arguments: [
    PixelRegion(x: -1, y: 0, width: 5, height: 5), PixelRegion(x: 0, y: 0, width: 27, height: 5),
    PixelRegion(x: 20, y: 0, width: 7, height: 5), PixelRegion(x: 0, y: 18, width: 1, height: 1),
    PixelRegion(x: 0, y: 0, width: 0, height: 1), PixelRegion(x: 1, y: .max, width: 1, height: 1),
  ])
  func partOutsideIsRefused(region: PixelRegion) throws {
    let file = try Fixture.bytes("rgb.png")
    #expect(throws: ImageCodecError(name: "a.png", reason: .outside(region, width: 26, height: 18))) {
      try ImageCodec.decode(file, named: "a.png", region: region)
    }
  }

  /// A reused decoder gives the same pixels as a new one.
  @Test func decoderIsUsedAgain() throws {
    let decoder = ImageDecoder()
    for name in Fixture.allNames + Fixture.allNames.reversed() {
      let file = try Fixture.bytes(name)
      let expected = try ImageCodec.decode(file, named: name)
      let pixels = try file.withUnsafeBufferPointer { bytes in
        let header = try decoder.open(bytes, named: name)
        #expect((header.width, header.height) == (expected.width, expected.height))
        let whole = PixelRegion(x: 0, y: 0, width: header.width, height: header.height)
        return try [UInt8](unsafeUninitializedCapacity: whole.byteCount) { target, count in
          try decoder.read(whole, at: .full, into: target)
          count = whole.byteCount
        }
      }
      #expect(pixels == expected.pixels)
    }
  }

  private static func region(in image: PixelImage, _ random: inout SeededGenerator) -> PixelRegion {
    let width = Int.random(in: 1...image.width, using: &random)
    let height = Int.random(in: 1...image.height, using: &random)
    return PixelRegion(
      x: Int.random(in: 0...(image.width - width), using: &random),
      y: Int.random(in: 0...(image.height - height), using: &random), width: width, height: height)
  }
}
