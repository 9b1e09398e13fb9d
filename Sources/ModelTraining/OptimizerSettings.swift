import NeuralNetworks

/// How weights are changed, by value.
public struct OptimizerSettings: Sendable, Codable, Equatable {
  /// The rule.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Stochastic gradient descent.
    case sgd
    /// Adam with decoupled weight decay.
    case adamW
  }

  /// The rule.
  public var kind: Kind
  /// SGD's momentum, or AdamW's first beta.
  public var momentum: Double
  /// AdamW's second beta.
  public var secondBeta: Double
  /// The decay of weights.
  public var weightDecay: Double
  /// Whether biases and normalisation parameters are spared from decay.
  public var sparesVectors: Bool
  /// Whether SGD looks ahead.
  public var isNesterov: Bool
  /// The radius of sharpness-aware minimisation; 0 for none.
  public var sharpnessRadius: Double
  /// How SGD is computed.
  public var implementation: SGD.Implementation

  /// Stochastic gradient descent.
  public static func sgd(
    momentum: Double = 0.9, weightDecay: Double, isNesterov: Bool = false, sparesVectors: Bool = false,
    sharpnessRadius: Double = 0
  ) -> OptimizerSettings {
    OptimizerSettings(
      kind: .sgd, momentum: momentum, secondBeta: 0.999, weightDecay: weightDecay, sparesVectors: sparesVectors,
      isNesterov: isNesterov, sharpnessRadius: sharpnessRadius, implementation: .fused)
  }

  /// Adam with decoupled weight decay.
  public static func adamW(
    betas: (Double, Double) = (0.9, 0.999), weightDecay: Double, sparesVectors: Bool = true
  ) -> OptimizerSettings {
    OptimizerSettings(
      kind: .adamW, momentum: betas.0, secondBeta: betas.1, weightDecay: weightDecay, sparesVectors: sparesVectors,
      isNesterov: false, sharpnessRadius: 0, implementation: .fused)
  }

  /// The optimiser of some parameters.
  public func optimizer(for parameters: [NamedTensor]) throws -> any Optimizer {
    let groups =
      sparesVectors
      ? ParameterGroup.excludingVectorsFromDecay(parameters, weightDecay: weightDecay)
      : [ParameterGroup(parameters, weightDecay: weightDecay)]
    let base: any Optimizer =
      switch kind {
      case .sgd: try SGD(groups, momentum: momentum, isNesterov: isNesterov, implementation: implementation)
      case .adamW: try AdamW(groups, betas: (momentum, secondBeta))
      }
    return sharpnessRadius > 0 ? SharpnessAwareMinimization(base, radius: sharpnessRadius) : base
  }
}
