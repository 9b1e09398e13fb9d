/// The scale at which an image is decoded, from small to large.
public enum DecodingScale: Int, Sendable, Hashable, CaseIterable {
  /// 1/8 of width and height.
  case eighth = 1
  /// 1/4 of width and height.
  case quarter = 2
  /// 1/2 of width and height.
  case half = 4
  /// Full size.
  case full = 8

  /// The factor of width and height.
  public var factor: Double { Double(rawValue) / 8 }

  /// A width or height at the scale, in pixels: rounded up, as JPEG decoders do.
  public func length(of side: Int) -> Int { (side * rawValue + 7) / 8 }
}
