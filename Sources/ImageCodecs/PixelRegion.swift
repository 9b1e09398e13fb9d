/// A rectangle of pixels of an upright image.
public struct PixelRegion: Sendable, Hashable, Codable {
  /// The leftmost column.
  public var x: Int
  /// The uppermost row.
  public var y: Int
  /// The number of columns.
  public var width: Int
  /// The number of rows.
  public var height: Int

  /// Makes a rectangle.
  public init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// The columns.
  public var columns: Range<Int> { x..<(x + max(width, 0)) }
  /// The rows.
  public var rows: Range<Int> { y..<(y + max(height, 0)) }
  /// The number of bytes of its RGB pixels.
  public var byteCount: Int { width * height * 3 }

  /// Whether it is not empty and lies within an image of the given size.
  public func fits(width imageWidth: Int, height imageHeight: Int) -> Bool {
    x >= 0 && y >= 0 && width > 0 && height > 0 && width <= imageWidth && x <= imageWidth - width
      && height <= imageHeight && y <= imageHeight - height
  }
}
