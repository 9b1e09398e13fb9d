/// The part of its size at which an image is decoded; the smaller ones come first.
public enum DecodingScale: Int, Sendable, Hashable, CaseIterable {
  /// 1/8 of each side.
  case eighth = 1
  /// 1/4 of each side.
  case quarter = 2
  /// 1/2 of each side.
  case half = 4
  /// The whole size.
  case full = 8

  /// The share of a side.
  public var factor: Double { Double(rawValue) / 8 }

  /// Pixels that a side of this length has at the scale: rounded up, as JPEG decoders do.
  public func length(of side: Int) -> Int { (side * rawValue + 7) / 8 }
}
