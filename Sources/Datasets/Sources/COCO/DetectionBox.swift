/// A rectangle in an image, in pixels; `x` and `y` are its left upper corner.
public struct DetectionBox: Sendable, Hashable, Codable {
  /// From the left side of the image.
  public var x: Double
  /// From the upper side of the image.
  public var y: Double
  /// To the right of `x`.
  public var width: Double
  /// Below `y`.
  public var height: Double

  /// A box from its corner and size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// Square pixels.
  public var area: Double { width * height }
}
