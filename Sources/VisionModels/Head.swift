import NeuralNetworks

/// What turns features into scores.
public enum Head: Sendable, Equatable {
  /// A linear layer with a bias.
  case linear
  /// Scaled cosines between features and class vectors, without a bias.
  case cosine(scale: Double)
  /// A linear layer with a bias and one learned factor per class, which begins at 1.
  case scaledLinear

  /// The layer itself.
  public func layer(inputs: Int, classes: Int, using initializer: Initializer) throws -> any Layer {
    switch self {
    case .linear: try Linear(inputs: inputs, outputs: classes, using: initializer)
    case .cosine(let scale): try NormalizedLinear(inputs: inputs, outputs: classes, scale: scale, using: initializer)
    case .scaledLinear: try ScaledLinear(inputs: inputs, outputs: classes, using: initializer)
    }
  }
}
