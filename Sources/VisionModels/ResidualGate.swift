import NeuralNetworks

/// What stands at the end of each block of a residual network and scales its channels, or its channels and places.
public enum ResidualGate: String, Sendable, Codable, CaseIterable {
  /// What the network has by its name.
  case own
  /// Squeeze-and-excitation without biases.
  case squeezeExcitation
  /// Squeeze-and-excitation with learned gates, over standardised means and with dropout.
  case adaptiveSqueezeExcitation
  /// Channels, then places (CBAM).
  case blockAttention
  /// Channels, then places, with learned gates, over standardised means and maxima and with dropout.
  case adaptiveBlockAttention

  /// Blocks with this gate and ReLU; nil for a network's own.
  /// - Parameters:
  ///   - reduction: how many channels become one between the two products of a gate: 16, for 32-pixel pictures 4.
  ///   - dropout: of learned gates, the probability that a channel's value is zero while training.
  /// - Source: Adaptive Parametric Activation, ECCV 2024.
  public func style(reduction: Int, dropout: Double = 0.1) -> ResidualStyle? {
    switch self {
    case .own: nil
    case .squeezeExcitation:
      ResidualStyle(gate: { channels, initializer in
        try GatedSqueezeExcitation(
          channels: channels, reduced: max(1, channels / reduction), normalizesMeans: false, dropout: 0,
          using: initializer)
      })
    case .adaptiveSqueezeExcitation:
      ResidualStyle(gate: ResidualStyle.adaptiveParametric(reduction: reduction, dropout: dropout).gate)
    case .blockAttention: Self.attention(reduction: reduction, dropout: 0) { _ in nil }
    case .adaptiveBlockAttention:
      Self.attention(reduction: reduction, dropout: dropout) { try APAGate(using: $0) }
    }
  }

  /// A learned gate needs standardised values; a plain one is as published.
  private static func attention(
    reduction: Int, dropout: Double, gate: @escaping @Sendable (Initializer) throws -> (any Layer)?
  ) -> ResidualStyle {
    ResidualStyle(
      gate: { channels, initializer in
        let own = try gate(initializer)
        return ConvolutionalBlockAttention(
          channel: try ChannelAttention(
            channels: channels, reduced: max(1, channels / reduction), normalizes: own != nil, dropout: dropout,
            gate: own, using: initializer),
          spatial: try SpatialAttention(gate: gate(initializer), using: initializer))
      }, gateName: "cbam")
  }
}
