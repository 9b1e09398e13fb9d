/// Limits beyond which a file is refused, so that a malicious header cannot exhaust memory.
public struct ImageLimits: Sendable, Hashable {
  /// The largest width and height in pixels.
  public var side: Int
  /// The largest number of pixels, before scaling.
  public var pixels: Int
  /// The largest number of bytes allocated while decoding.
  public var memory: Int
  /// The largest size of a file in bytes.
  public var fileBytes: Int

  /// Makes limits.
  public init(side: Int, pixels: Int, memory: Int, fileBytes: Int) {
    self.side = side
    self.pixels = pixels
    self.memory = memory
    self.fileBytes = fileBytes
  }

  /// Enough for any camera: width and height up to 65,500 pixels, 2^28 pixels, 1 GiB of memory, files of 512 MiB.
  public static let standard = ImageLimits(side: 65_500, pixels: 1 << 28, memory: 1 << 30, fileBytes: 1 << 29)
}
