import Torch

/// Scales each channel by a share that is computed from pooled values of all channels: normalisation, linear, ReLU,
/// linear, dropout, gate. Keys are `norm`, `fc1`, `fc2` and `gate`.
///
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: Squeeze-and-Excitation Networks, CVPR 2018, for means; CBAM: Convolutional Block Attention Module, ECCV
///   2018, equation 2, for means and maxima; Adaptive Parametric Activation, ECCV 2024, for learned gates.
public final class ChannelAttention: Module, Layer {
  /// The pooled values.
  public enum Pooling: Sendable {
    /// The mean of each channel, through linear layers without biases (squeeze-and-excitation).
    case mean
    /// The mean and the maximum of each channel, both through the same linear layers with biases, added before the gate
    /// (CBAM).
    case meanAndMaximum
  }

  private let pooling: Pooling
  private let normalization: LayerNormalization?
  private let reduction: Linear
  private let expansion: Linear
  private let dropout: Dropout
  private let gate: any Layer

  /// Makes a layer.
  /// - Parameters:
  ///   - channels: the channels that are scaled.
  ///   - reduced: the outputs of the first linear layer; published are a sixteenth, for 32-pixel images a quarter.
  ///   - pooling: the pooled values.
  ///   - normalizes: whether pooled values of an image are standardised over its channels, as learned gates need.
  ///   - epsilon: added to the variance of an image's pooled values.
  ///   - dropout: the probability that a channel's value before the gate is zero while training.
  ///   - gate: what turns values into shares; nil for a sigmoid.
  ///   - start: the initial weights and biases of both linear layers.
  ///   - initializer: the source of random weights.
  public init(
    channels: Int, reduced: Int, pooling: Pooling, normalizes: Bool = false, epsilon: Double = 1e-5,
    dropout: Double = 0, gate: (any Layer)? = nil, start: Linear.Start = .kaimingNormal, using initializer: Initializer
  ) throws {
    self.pooling = pooling
    let hasBias = pooling == .meanAndMaximum
    normalization = normalizes ? try LayerNormalization(channels: channels, epsilon: epsilon, using: initializer) : nil
    reduction = try Linear(inputs: channels, outputs: reduced, hasBias: hasBias, start: start, using: initializer)
    expansion = try Linear(inputs: reduced, outputs: channels, hasBias: hasBias, start: start, using: initializer)
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

  /// The share of each channel, `[batch, channels]`.
  public func shares(_ input: Tensor) throws -> Tensor {
    let values = try values(input.mean(alongAxes: [2, 3]))
    return try gate(pooling == .mean ? values : values + self.values(input.max(alongAxes: [2, 3])))
  }

  /// Scales the channels.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shares = try shares(input)
    return try input * shares.reshaped(shares.shape + [1, 1])
  }

  private func values(_ pooled: Tensor) throws -> Tensor {
    try dropout(expansion(reduction(normalization?(pooled) ?? pooled).relu()))
  }
}
