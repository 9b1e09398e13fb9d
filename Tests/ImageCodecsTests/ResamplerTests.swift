import ImageCodecs
import Testing

/// Parts of axes, mirroring, and the two forms of the arithmetic.
@Suite struct ResamplerTests {
  private static func noise(width: Int, height: Int, seed: UInt64) -> PixelImage {
    var random = SeededGenerator(seed: seed)
    let pixels = (0..<(width * height * 3)).map { _ in UInt8.random(in: 0...255, using: &random) }
    return PixelImage(width: width, height: height, pixels: pixels)
  }

  private static func resampled(
    _ image: PixelImage, _ columns: ResampledAxis, _ rows: ResampledAxis, part: PixelRegion? = nil,
    by resampler: PixelResampler = PixelResampler()
  ) -> PixelImage {
    let part = part ?? PixelRegion(x: 0, y: 0, width: image.width, height: image.height)
    var pixels = [UInt8](repeating: 0, count: columns.wanted.count * rows.wanted.count * 3)
    image.cropped(x: part.x, y: part.y, width: part.width, height: part.height).pixels.withUnsafeBufferPointer {
      source in
      pixels.withUnsafeMutableBufferPointer {
        resampler.resample(source, part, columns: columns, rows: rows, into: $0)
      }
    }
    return PixelImage(width: columns.wanted.count, height: rows.wanted.count, pixels: pixels)
  }

  /// The vector form gives the bytes of the plain one, at all kinds of sizes.
  @Test func bothFormsAgree() {
    var random = SeededGenerator(seed: 1)
    let (plain, vectorized) = (PixelResampler(isVectorized: false), PixelResampler())
    for number in 0..<200 {
      let image = Self.noise(
        width: .random(in: 1...90, using: &random), height: .random(in: 1...90, using: &random), seed: UInt64(number))
      let columns = ResampledAxis(whole: image.width, outputs: .random(in: 1...70, using: &random))
      let rows = ResampledAxis(whole: image.height, outputs: .random(in: 1...70, using: &random))
      #expect(
        Self.resampled(image, columns, rows, by: plain) == Self.resampled(image, columns, rows, by: vectorized),
        "\(image.width) x \(image.height) to \(columns.outputs) x \(rows.outputs)")
    }
  }

  /// Wanted outputs are those of the whole, from no more of the image than they need.
  @Test func wantedPartEqualsTheWhole() {
    var random = SeededGenerator(seed: 2)
    for number in 0..<60 {
      let image = Self.noise(
        width: .random(in: 2...80, using: &random), height: .random(in: 2...80, using: &random), seed: UInt64(number))
      let (width, height) = (Int.random(in: 2...60, using: &random), Int.random(in: 2...60, using: &random))
      let (x, y) = (Int.random(in: 0..<width, using: &random), Int.random(in: 0..<height, using: &random))
      let columns = ResampledAxis(
        whole: image.width, outputs: width, wanted: x..<Int.random(in: (x + 1)...width, using: &random))
      let rows = ResampledAxis(
        whole: image.height, outputs: height, wanted: y..<Int.random(in: (y + 1)...height, using: &random))
      let part = PixelRegion(
        x: columns.extent.lowerBound, y: rows.extent.lowerBound, width: columns.extent.count, height: rows.extent.count)
      let expected = image.resized(toWidth: width, height: height).cropped(
        x: x, y: y, width: columns.wanted.count, height: rows.wanted.count)
      #expect(Self.resampled(image, columns, rows, part: part) == expected)
    }
  }

  @Test func mirroringReversesColumns() {
    let image = Self.noise(width: 37, height: 21, seed: 5)
    var columns = ResampledAxis(whole: 37, outputs: 19)
    let rows = ResampledAxis(whole: 21, outputs: 21)
    let plain = Self.resampled(image, columns, rows)
    columns.isMirrored = true
    let mirrored = Self.resampled(image, columns, rows)
    for y in 0..<21 {
      for x in 0..<19 { #expect(mirrored[x, y] == plain[18 - x, y]) }
    }
  }

  /// A stretch with its bounds is the image that was cut out before.
  @Test func stretchEqualsCutOutImage() {
    let image = Self.noise(width: 64, height: 48, seed: 6)
    let region = PixelRegion(x: 11, y: 7, width: 40, height: 33)
    let columns = ResampledAxis(start: 11, length: 40, bounds: region.columns, outputs: 24)
    let rows = ResampledAxis(start: 7, length: 33, bounds: region.rows, outputs: 50)
    let cut = image.cropped(x: 11, y: 7, width: 40, height: 33).resized(toWidth: 24, height: 50)
    #expect(Self.resampled(image, columns, rows, part: region) == cut)
  }

  /// Half a pixel more on each side of a slope keeps the middle where it is.
  @Test func stretchMayLieBetweenPixels() {
    let slope = PixelImage(
      width: 20, height: 1, pixels: (0..<20).flatMap { [UInt8](repeating: UInt8($0 * 10), count: 3) })
    let columns = ResampledAxis(start: 4.5, length: 10, bounds: 4..<15, outputs: 5)
    let result = Self.resampled(
      slope, columns, ResampledAxis(whole: 1, outputs: 1),
      part: PixelRegion(x: 4, y: 0, width: 11, height: 1))
    // The middle of the stretch is the middle of pixel 9: 90.
    #expect(abs(Int(result[2, 0].red) - 90) <= 1)
    #expect(abs(Int(result[1, 0].red) - 70) <= 1)
  }
}
