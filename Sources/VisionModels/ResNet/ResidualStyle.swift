import NeuralNetworks

/// The activation of a residual network, and the gate at the end of each block.
public struct ResidualStyle: Sendable {
  /// Makes one activation. It may change its input in place.
  public var activation: @Sendable (Initializer) throws -> any Layer
  /// Makes the gate of a block from its channels; nil for none.
  public var gate: (@Sendable (_ channels: Int, Initializer) throws -> any Layer)?
  /// The name of the gate in keys.
  public var gateName: String

  /// Makes a style.
  public init(
    activation: @escaping @Sendable (Initializer) throws -> any Layer = { _ in ReLU(isInPlace: true) },
    gate: (@Sendable (_ channels: Int, Initializer) throws -> any Layer)? = nil, gateName: String = "se"
  ) {
    self.activation = activation
    self.gate = gate
    self.gateName = gateName
  }

  /// ReLU and no gates.
  public static let plain = ResidualStyle()
  /// ReLU and squeeze-and-excitation.
  public static let squeezeExcitation = ResidualStyle(gate: { channels, initializer in
    try SqueezeExcitation(
      channels: channels, reduced: SqueezeExcitation.usualReduction(of: channels), using: initializer)
  })
  /// Learned activations, and squeeze-and-excitation with learned gates.
  ///
  /// - Parameters:
  ///   - reduction: how many channels become one between the two products of a gate: 16, for 32-pixel images 4.
  ///   - dropout: the probability that a channel's value before its gate is zero while training.
  ///   - start: the initial weights of the gates' products.
  ///   - lambdaGradient: the gradient of a unit's `lambda`.
  /// - Source: Adaptive Parametric Activation, ECCV 2024.
  public static func adaptiveParametric(
    reduction: Int, dropout: Double = 0.1, start: Linear.Start = .kaimingNormal,
    lambdaGradient: AdaptiveParametricActivation.LambdaGradient = .exact
  ) -> ResidualStyle {
    ResidualStyle(
      activation: { try AGLU(lambdaGradient: lambdaGradient, using: $0) },
      gate: { channels, initializer in
        try ChannelAttention(
          channels: channels, reduced: max(1, channels / reduction), pooling: .mean, normalizes: true, dropout: dropout,
          gate: APAGate(kappa: -1...0, using: initializer), start: start, using: initializer)
      })
  }
}
