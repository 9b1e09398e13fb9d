/// A rectangle of pixels of an image that stands upright.
public struct PixelRegion: Sendable, Hashable, Codable {
  /// The leftmost column.
  public var x: Int
  /// The uppermost row.
  public var y: Int
  /// Columns.
  public var width: Int
  /// Rows.
  public var height: Int

  /// Makes a rectangle.
  public init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// The columns.
  public var columns: Range<Int> { x..<(x + max(width, 0)) }
  /// The rows.
  public var rows: Range<Int> { y..<(y + max(height, 0)) }
  /// Bytes of its pixels.
  public var byteCount: Int { width * height * 3 }

  /// Whether it has pixels and all of them lie in an image of this size.
  public func fits(width imageWidth: Int, height imageHeight: Int) -> Bool {
    x >= 0 && y >= 0 && width > 0 && height > 0 && width <= imageWidth && x <= imageWidth - width
      && height <= imageHeight && y <= imageHeight - height
  }
}
