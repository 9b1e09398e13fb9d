/// How large a file may be before it is refused, so that a hostile header cannot take the machine's memory.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels along one side.
  public var side: Int
  /// The most pixels in all, before any scaling.
  public var pixels: Int
  /// The most bytes that decoding may take.
  public var memory: Int
  /// The most bytes a file may have.
  public var fileBytes: Int

  /// Sets all limits.
  public init(side: Int, pixels: Int, memory: Int, fileBytes: Int) {
    self.side = side
    self.pixels = pixels
    self.memory = memory
    self.fileBytes = fileBytes
  }

  /// Enough for any camera: 65,500 pixels a side, 2^28 pixels in all, 1 GiB of memory, files of 512 MiB.
  public static let standard = ImageLimits(side: 65_500, pixels: 1 << 28, memory: 1 << 30, fileBytes: 1 << 29)
}
