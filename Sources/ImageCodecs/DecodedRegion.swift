/// A part of an image, perhaps decoded at a smaller scale.
public struct DecodedRegion: Sendable, Hashable {
  /// The pixels: all that the wanted part touches.
  public let image: PixelImage
  /// The share of each side at which it was decoded.
  public let scale: DecodingScale
  /// Where the first column of `image` stands in the image at this scale.
  public let x: Int
  /// Where the first row of `image` stands in the image at this scale.
  public let y: Int
}
