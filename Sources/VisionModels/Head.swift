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
  ///   - start: how the weights of a linear layer begin.
  ///   - initializer: where they come from.
  public func layer(
    inputs: Int, classes: Int, start: Linear.Start = .kaimingNormal, using initializer: Initializer
  ) throws -> any Layer {
    switch self {
    case .linear: try Linear(inputs: inputs, outputs: classes, start: start, using: initializer)
    case .cosine(let scale): try NormalizedLinear(inputs: inputs, outputs: classes, scale: scale, using: initializer)
    case .normalized(let scale, let length):
      try NormalizedLinear(
        inputs: inputs, outputs: classes, scale: scale, featureLength: length, using: initializer)
    case .scaledLinear: try ScaledLinear(inputs: inputs, outputs: classes, using: initializer)
    }
  }
}
