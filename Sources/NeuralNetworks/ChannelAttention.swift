import Torch

/// Scales each channel by a share that is computed from the means and the maxima of all channels, both through the same two linear layers.
/// Keys are `norm`, `fc1`, `fc2` and `gate`.
///
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: CBAM: Convolutional Block Attention Module, ECCV 2018, equation 2.
public final class ChannelAttention: Module, Layer {
  private let normalization: LayerNormalization?
  private let reduction: Linear
  private let expansion: Linear
  private let dropout: Dropout
  private let gate: any Layer

  /// Makes a layer.
  /// - Parameters:
  ///   - channels: the channels that are scaled.
  ///   - reduced: the channels between the two products.
  ///   - normalizes: whether means and maxima of an image are standardised over its channels, as learned gates need.
  ///   - dropout: the probability that a channel's value is zero while training.
  ///   - gate: what turns values into shares; nil for a sigmoid.
  ///   - start: the initial weights and biases of both products.
  ///   - initializer: where the weights come from.
  public init(
    channels: Int, reduced: Int, normalizes: Bool = false, dropout: Double = 0, gate: (any Layer)? = nil,
    start: Linear.Start = .kaimingNormal, using initializer: Initializer
  ) throws {
    normalization = normalizes ? try LayerNormalization(channels: channels, using: initializer) : nil
    reduction = try Linear(inputs: channels, outputs: reduced, start: start, using: initializer)
    expansion = try Linear(inputs: reduced, outputs: channels, start: start, using: initializer)
    self.dropout = Dropout(rate: dropout)
    self.gate = gate ?? Sigmoid()
  }

  /// `norm`, `fc1`, `fc2`, `drop`, `gate`.
  public override var children: [NamedModule] {
    (normalization.map { [NamedModule("norm", $0)] } ?? []) + [
      NamedModule("fc1", reduction), NamedModule("fc2", expansion), NamedModule("drop", dropout),
      NamedModule("gate", gate),
    ]
  }

  /// Scales the channels.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let values = try score(input.mean(alongAxes: [2, 3])) + score(input.max(alongAxes: [2, 3]))
    let shares = try gate(values)
    return try input * shares.reshaped(shares.shape + [1, 1])
  }

  private func score(_ pooled: Tensor) throws -> Tensor {
    try dropout(expansion(reduction(normalization?(pooled) ?? pooled).relu()))
  }
}
