import NeuralNetworks

/// The attention at the end of each block of a residual network, which scales channels, or channels and positions.
public enum ResidualGate: String, Sendable, Codable, CaseIterable {
  /// That of the backbone.
  case `default`
  /// Squeeze-and-excitation without biases.
  case squeezeExcitation
  /// Squeeze-and-excitation with learned gates, over standardised means and with dropout.
  case adaptiveSqueezeExcitation
  /// Channels, then positions (CBAM).
  case blockAttention
  /// Channels, then positions, with learned gates, over standardised means and maxima and with dropout.
  case adaptiveBlockAttention

  /// Blocks with this gate and ReLU; nil for a network's own.
  ///
  /// As in the published code, networks for 32-pixel images have a reduction of 4 and Kaiming-normal weights in their
  /// gates; others have a reduction of 16 and PyTorch's default weights.
  /// - Parameters:
  ///   - family: the kind of network; a transformer's blocks have no gates.
  ///   - dropout: of learned gates, the probability that a channel's value is zero while training.
  /// - Source: Adaptive Parametric Activation, ECCV 2024, and its published code.
  public func style(family: BackboneDescription.Family, dropout: Double = 0.1) -> ResidualStyle? {
    let reduction = family == .cifar ? 4 : 16
    let start: Linear.Start = family == .cifar ? .kaimingNormal : .uniform
    switch self {
    case .default: return nil
    case .squeezeExcitation:
      return ResidualStyle(gate: { channels, initializer in
        try ChannelAttention(
          channels: channels, reduced: max(1, channels / reduction), pooling: .mean, start: start,
          using: initializer)
      })
    case .adaptiveSqueezeExcitation:
      return ResidualStyle(
        gate: ResidualStyle.adaptiveParametric(reduction: reduction, dropout: dropout, start: start).gate)
    case .blockAttention: return Self.attention(family, dropout: 0) { _ in nil }
    case .adaptiveBlockAttention: return Self.attention(family, dropout: dropout) { try APAGate(using: $0) }
    }
  }

  /// A learned gate needs standardised values; a plain one is as published.
  private static func attention(
    _ family: BackboneDescription.Family, dropout: Double,
    gate: @escaping @Sendable (Initializer) throws -> (any Layer)?
  ) -> ResidualStyle {
    let reduction = family == .cifar ? 4 : 16
    let start: (Linear.Start, Convolution2d.Start) =
      family == .cifar ? (.kaimingNormal, .kaimingNormal) : (.uniform, .kaimingNormalOutputs)
    return ResidualStyle(
      gate: { channels, initializer in
        let own = try gate(initializer)
        return ConvolutionalBlockAttention(
          channel: try ChannelAttention(
            channels: channels, reduced: max(1, channels / reduction), pooling: .meanAndMaximum, normalizes: own != nil,
            dropout: dropout,
            gate: own, start: start.0, using: initializer),
          spatial: try SpatialAttention(gate: gate(initializer), start: start.1, using: initializer))
      }, gateName: "cbam")
  }
}
