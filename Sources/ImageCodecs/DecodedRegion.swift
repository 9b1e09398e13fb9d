/// A decoded region of an image, possibly at a smaller scale.
public struct DecodedRegion: Sendable, Hashable {
  /// The pixels: all that overlap the requested region.
  public let image: PixelImage
  /// The scale at which it was decoded.
  public let scale: DecodingScale
  /// The column of the scaled image at which `image` begins.
  public let x: Int
  /// The row of the scaled image at which `image` begins.
  public let y: Int
}
