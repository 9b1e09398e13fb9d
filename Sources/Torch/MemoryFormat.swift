/// The order in which an image tensor's elements lie in memory. Raw values are the engine's own numbers.
public enum MemoryFormat: Int64, Sendable, Codable {
  /// Row-major in the order of the axes.
  case contiguous = 0
  /// As the source has it.
  case preserve = 1
  /// `[batch, channels, height, width]` with the channels of a pixel side by side.
  case channelsLast = 2
}
