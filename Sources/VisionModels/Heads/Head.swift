import NeuralNetworks

/// The layer from features to logits.
public enum Head: Sendable, Equatable {
  /// A linear layer with a bias.
  case linear
  /// Scaled cosines between features and class weights, without a bias.
  case cosine(scale: Double)
  /// Products with class weights of length 1, without a bias, with a fixed or learned scale.
  case normalized(scale: NormalizedLinear.Scale, featureLength: NormalizedLinear.FeatureLength)
  /// A linear layer with a bias and one learned factor per class, 1 at first.
  case scaledLinear

  /// The layer itself.
  /// - Parameters:
  ///   - inputs: the length of a feature vector.
  ///   - classes: the number of logits.
  ///   - start: the initial weights of a linear layer, where `initialization` leaves them to the network.
  ///   - initialization: the initial weights.
  ///   - initializer: the source of random numbers.
  public func layer(
    inputs: Int, classes: Int, start: Linear.Start = .kaimingNormal, initialization: HeadInitialization = .default,
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
