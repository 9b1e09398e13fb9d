import ImageCodecs
import Testing

@Suite struct ResizingTests {
  /// Bit for bit what Pillow's BILINEAR gives, for shrinking, enlarging and both at once.
  @Test(arguments: [("smaller", 11, 7), ("larger", 40, 31), ("narrow", 5, 18), ("mixed", 60, 6)])
  func equalsReference(name: String, width: Int, height: Int) throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path("rgb.png"))
    let resized = image.resized(toWidth: width, height: height)
    #expect(resized.pixels == (try Fixture.bytes("resized-\(name)-\(width)x\(height).rgb")))
  }

  @Test func equalsReferenceOnNoise() throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path("noise.png"))
    #expect(image.resized(toWidth: 16, height: 9).pixels == (try Fixture.bytes("noise-resized-16x9.rgb")))
  }

  @Test func sameSizeChangesNothing() throws {
    let image = try ImageCodec.decode(contentsOf: Fixture.path("noise.png"))
    #expect(image.resized(toWidth: image.width, height: image.height) == image)
  }

  /// An image of one colour stays that colour at any size.
  @Test(arguments: [(1, 1), (1, 50), (50, 1), (7, 13), (64, 64)])
  func flatStaysFlat(width: Int, height: Int) {
    let color = RGBColor(red: 255, green: 128, blue: 1)
    let image = PixelImage(width: 17, height: 23, color: color).resized(toWidth: width, height: height)
    #expect(image == PixelImage(width: width, height: height, color: color))
  }

  @Test func shorterEdgeKeepsTheAspectRatio() {
    let wide = PixelImage(width: 300, height: 200, color: .black).resizedShorterEdge(32)
    #expect((wide.width, wide.height) == (48, 32))
    let tall = PixelImage(width: 100, height: 331, color: .black).resizedShorterEdge(10)
    #expect((tall.width, tall.height) == (10, 33))
  }

  /// Odd margins round to the even start, as torchvision's CenterCrop does.
  @Test(arguments: [(8, 2), (5, 0), (7, 2), (9, 2), (11, 4)])
  func centerCropStart(width: Int, start: Int) {
    let pixels = (0..<width).flatMap { column in [UInt8](repeating: UInt8(column), count: 3) }
    let row = PixelImage(width: width, height: 1, pixels: pixels)
    let tall = row.resized(toWidth: width, height: 4).centerCropped(4)
    #expect((tall.width, tall.height) == (4, 4))
    #expect(Int(tall[0, 0].red) == start)
  }

  @Test func cropLargerThanTheImageKeepsItWhole() {
    let image = PixelImage(width: 3, height: 5, color: .white)
    let cropped = image.centerCropped(4)
    #expect((cropped.width, cropped.height) == (3, 4))
  }
}
