import Torch

/// Scales channels, then positions, by shares that are computed from means and maxima. Keys are `channel` and
/// `spatial`.
///
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: CBAM: Convolutional Block Attention Module, ECCV 2018; with learned gates Adaptive Parametric Activation,
///   ECCV 2024.
public final class ConvolutionalBlockAttention: Module, Layer {
  private let channel: ChannelAttention
  private let spatial: SpatialAttention

  /// Joins both parts.
  public init(channel: ChannelAttention, spatial: SpatialAttention) {
    self.channel = channel
    self.spatial = spatial
  }

  /// `channel`, `spatial`.
  public override var children: [NamedModule] { [NamedModule("channel", channel), NamedModule("spatial", spatial)] }

  /// Scales channels, then positions.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try spatial(channel(input)) }
}
