import Torch

/// Maxima over windows of pixels.
///
/// - Shapes: `[batch, channels, height, width]` to `[batch, channels, height', width']`.
public final class MaxPooling2d: Module, Layer {
  /// The width and height of a window, in pixels.
  public let size: Int
  /// Pixels between neighbouring windows.
  public let stride: Int
  /// Pixels added on each side that are never the maximum.
  public let padding: Int

  /// Makes a layer.
  public init(size: Int, stride: Int, padding: Int = 0) {
    self.size = size
    self.stride = stride
    self.padding = padding
  }

  /// Pools.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.maxPooled(size: size, stride: stride, padding: padding)
  }
}
