import NeuralNetworks
import Serialization

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
  public var excludesBiasAndNormFromDecay: Bool
  /// Whether SGD looks ahead.
  public var isNesterov: Bool
  /// The radius of sharpness-aware minimisation; 0 for none.
  public var sharpnessRadius: Double
  /// How SGD is computed.
  public var implementation: SGD.Implementation
  /// The names of parameters that are spared from decay wherever they stand.
  public var noDecayNames = OptimizerSettings.usualNoDecayNames

  /// What decay would pull away from where it works: bend and slope of adaptive activations, and the scale of a normalised head.
  public static let usualNoDecayNames = ["lambda_param", "kappa_param", "log_scale", "scale_root"]

  /// Stochastic gradient descent.
  public static func sgd(
    momentum: Double = 0.9, weightDecay: Double, isNesterov: Bool = false, excludesBiasAndNormFromDecay: Bool = false,
    sharpnessRadius: Double = 0
  ) -> OptimizerSettings {
    OptimizerSettings(
      kind: .sgd, momentum: momentum, secondBeta: 0.999, weightDecay: weightDecay,
      excludesBiasAndNormFromDecay: excludesBiasAndNormFromDecay,
      isNesterov: isNesterov, sharpnessRadius: sharpnessRadius, implementation: .fused)
  }

  /// Adam with decoupled weight decay.
  public static func adamW(
    betas: (Double, Double) = (0.9, 0.999), weightDecay: Double, excludesBiasAndNormFromDecay: Bool = true
  ) -> OptimizerSettings {
    OptimizerSettings(
      kind: .adamW, momentum: betas.0, secondBeta: betas.1, weightDecay: weightDecay,
      excludesBiasAndNormFromDecay: excludesBiasAndNormFromDecay,
      isNesterov: false, sharpnessRadius: 0, implementation: .fused)
  }

  /// The optimiser of some parameters.
  /// - Parameters:
  ///   - parameters: what is trained.
  ///   - rateFactor: a factor on the learning rate of a parameter, by its path.
  public func optimizer(
    for parameters: [NamedTensor], rateFactor: (String) -> Double = { _ in 1 }
  ) throws -> any Optimizer {
    let byFactor = Dictionary(grouping: parameters) { rateFactor($0.name) }
    let all = byFactor.sorted { $0.key > $1.key }.flatMap { factor, parameters in
      groups(of: parameters).map { group in
        ParameterGroup(group.parameters, weightDecay: group.weightDecay, learningRateFactor: factor)
      }
    }
    let base: any Optimizer =
      switch kind {
      case .sgd: try SGD(all, momentum: momentum, isNesterov: isNesterov, implementation: implementation)
      case .adamW: try AdamW(all, betas: (momentum, secondBeta))
      }
    return sharpnessRadius > 0 ? SharpnessAwareMinimization(base, radius: sharpnessRadius) : base
  }

  private func groups(of parameters: [NamedTensor]) -> [ParameterGroup] {
    let names = Set(noDecayNames)
    func isExcludedFromDecay(_ parameter: NamedTensor) -> Bool {
      parameter.name.split(separator: ".").last.map { names.contains(String($0)) } ?? false
    }
    let decayed = parameters.filter { !isExcludedFromDecay($0) }
    let groups =
      excludesBiasAndNormFromDecay
      ? ParameterGroup.excludingVectorsFromDecay(decayed, weightDecay: weightDecay)
      : [ParameterGroup(decayed, weightDecay: weightDecay)]
    return (groups + [ParameterGroup(parameters.filter(isExcludedFromDecay), weightDecay: 0)]).filter {
      !$0.parameters.isEmpty
    }
  }
}

extension OptimizerSettings: CheckedSettings {
  /// Ranges of all numbers.
  public func check(_ checks: inout SettingChecks) {
    checks.number("momentum", momentum, in: 0..<1)
    checks.number("secondBeta", secondBeta, in: 0..<1)
    checks.number("weightDecay", weightDecay, in: 0...10)
    checks.number("sharpnessRadius", sharpnessRadius, in: 0...100)
    checks.require(
      kind != .sgd || !isNesterov || momentum > 0, "isNesterov", true, "false where momentum is 0")
    checks.unused("secondBeta", if: kind != .adamW, "only kind=adamW has a second beta")
    checks.unused("isNesterov", if: kind != .sgd && isNesterov, "only kind=sgd has Nesterov momentum")
  }
}
