/// An image in memory: RGB, 8 bits per channel.
///
/// Pixels are stored row by row with three bytes (red, green, blue) per pixel, so the pixel in column `x` of row `y`
/// starts at byte `(y * width + x) * 3`.
public struct PixelImage: Sendable, Hashable {
  /// Columns, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// The bytes, `[height, width, 3]`.
  public let pixels: [UInt8]

  /// Makes an image of the given bytes.
  ///
  /// - Precondition: width and height are positive, and `pixels` has `width * height * 3` bytes.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(pixels.count == width * height * 3, "RGB needs three bytes per pixel")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// An image of one colour.
  public init(width: Int, height: Int, color: RGBColor) {
    var pixels = [UInt8]()
    pixels.reserveCapacity(width * height * 3)
    for _ in 0..<(width * height) { pixels += [color.red, color.green, color.blue] }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The length of the shorter edge in pixels.
  public var shorterEdge: Int { min(width, height) }

  /// The colour in column `x` of row `y`.
  public subscript(x: Int, y: Int) -> RGBColor {
    precondition((0..<width).contains(x) && (0..<height).contains(y), "the pixel lies outside the image")
    let start = (y * width + x) * 3
    return RGBColor(red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2])
  }
}
