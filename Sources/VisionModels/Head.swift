import NeuralNetworks

/// What turns features into scores.
public enum Head: Sendable, Equatable {
  /// A linear layer with a bias.
  case linear
  /// Scaled cosines between features and class vectors, without a bias.
  case cosine(scale: Double)
  /// Products with class vectors of length 1, without a bias, with a fixed or learned scale.
  case normalized(scale: NormalizedLinear.Scale, featureLength: NormalizedLinear.FeatureLength)
  /// A linear layer with a bias and one learned factor per class, which begins at 1.
  case scaledLinear

  /// The layer itself.
  /// - Parameters:
  ///   - inputs: the length of a feature vector.
  ///   - classes: the number of scores.
  ///   - start: how the weights of a linear layer begin, where `initialization` leaves them to the network.
  ///   - initialization: the initial weights.
  ///   - initializer: where they come from.
  public func layer(
    inputs: Int, classes: Int, start: Linear.Start = .kaimingNormal, initialization: HeadInitialization = .own,
    using initializer: Initializer
  ) throws -> any Layer {
    let chosen = initialization.start
    switch self {
    case .linear: return try Linear(inputs: inputs, outputs: classes, start: chosen ?? start, using: initializer)
    case .cosine(let scale):
      return try NormalizedLinear(
        inputs: inputs, outputs: classes, scale: .fixed(scale), start: chosen, using: initializer)
    case .normalized(let scale, let length):
      return try NormalizedLinear(
        inputs: inputs, outputs: classes, scale: scale, featureLength: length, start: chosen, using: initializer)
    case .scaledLinear:
      return try ScaledLinear(inputs: inputs, outputs: classes, start: chosen ?? start, using: initializer)
    }
  }
}
