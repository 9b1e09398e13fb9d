/// The memory format of a tensor. Raw values are those of LibTorch.
public enum MemoryFormat: Int64, Sendable, Codable {
  /// Row-major in the order of the axes.
  case contiguous = 0
  /// The format of the source.
  case preserve = 1
  /// `[batch, channels, height, width]` with the channels of a pixel side by side.
  case channelsLast = 2
}
