import Torch

/// Squeeze-and-excitation with any gate, without biases: means of the channels, normalisation, linear, ReLU, linear, dropout, gate. Keys are
/// `norm`, `fc1`, `fc2` and `gate`.
///
/// The plain form has no normalisation and no dropout, which the learned gate needs; they can be added to it by themselves.
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: Adaptive Parametric Activation, ECCV 2024; Squeeze-and-Excitation Networks, CVPR 2018.
public final class GatedSqueezeExcitation: Module, Layer {
  private let normalization: LayerNormalization?
  private let reduction: Linear
  private let expansion: Linear
  private let dropout: Dropout
  private let gate: any Layer

  /// Makes a layer.
  /// - Parameters:
  ///   - channels: the channels that are scaled.
  ///   - reduced: the channels between the two products; published are a sixteenth, for 32-pixel images a quarter.
  ///   - normalizesMeans: whether the means of an image are standardised over its channels.
  ///   - epsilon: added to the variance of an image's means.
  ///   - dropout: the probability that a channel's value before the gate is zero while training.
  ///   - gate: what turns values into shares; nil for a sigmoid.
  ///   - start: the initial weights of both products.
  ///   - initializer: where the weights come from.
  public init(
    channels: Int, reduced: Int, normalizesMeans: Bool = true, epsilon: Double = 1e-5, dropout: Double = 0.1,
    gate: (any Layer)? = nil, start: Linear.Start = .kaimingNormal, using initializer: Initializer
  ) throws {
    normalization =
      normalizesMeans ? try LayerNormalization(channels: channels, epsilon: epsilon, using: initializer) : nil
    reduction = try Linear(inputs: channels, outputs: reduced, hasBias: false, start: start, using: initializer)
    expansion = try Linear(inputs: reduced, outputs: channels, hasBias: false, start: start, using: initializer)
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
    let means = try input.mean(alongAxes: [2, 3])
    let values = try reduction(normalization?(means) ?? means)
    return try gate(dropout(expansion(values.relu())))
  }

  /// Scales the channels.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shares = try shares(input)
    return try input * shares.reshaped(shares.shape + [1, 1])
  }
}
