import NeuralNetworks
import Serialization

/// The optimiser of a stage.
public struct OptimizerSettings: Settings {
  /// The update rules.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Stochastic gradient descent.
    case sgd
    /// Adam with decoupled weight decay.
    case adamW
  }

  /// The update rule.
  public var kind = Kind.sgd
  /// SGD's momentum, or AdamW's first beta.
  @Within(0..<1) public var momentum = 0.9
  /// AdamW's second beta.
  @Within(0..<1) public var secondBeta = 0.999
  /// Weight decay: with SGD added to the gradient, with AdamW decoupled from it.
  @Within(0...10) public var weightDecay = 0.0
  /// Whether biases and normalisation parameters have no weight decay.
  public var excludesBiasAndNormFromDecay = false
  /// Whether SGD has Nesterov momentum.
  public var nesterov = false
  /// The radius of sharpness-aware minimisation (SAM); nil for plain steps.
  @Within(above: 0, upTo: 100) public var sharpnessRadius: Double? = nil
  /// How SGD is computed.
  public var implementation = SGD.Implementation.fused
  /// Names of parameters without weight decay, in any module.
  public var noDecayNames = OptimizerSettings.usualNoDecayNames

  /// Parameters that weight decay would pull away from where they work: bend and slope of adaptive activations, the scale of a normalised
  /// head.
  public static let usualNoDecayNames = ["lambda_param", "kappa_param", "log_scale", "scale_root"]

  /// SGD without weight decay.
  public init() {}

  /// Stochastic gradient descent.
  public static func sgd(
    momentum: Double = 0.9, weightDecay: Double, nesterov: Bool = false, excludesBiasAndNormFromDecay: Bool = false,
    sharpnessRadius: Double? = nil
  ) -> OptimizerSettings {
    OptimizerSettings {
      ($0.momentum, $0.weightDecay, $0.nesterov) = (momentum, weightDecay, nesterov)
      $0.excludesBiasAndNormFromDecay = excludesBiasAndNormFromDecay
      $0.sharpnessRadius = sharpnessRadius
    }
  }

  /// Adam with decoupled weight decay.
  public static func adamW(
    betas: (Double, Double) = (0.9, 0.999), weightDecay: Double, excludesBiasAndNormFromDecay: Bool = true
  ) -> OptimizerSettings {
    OptimizerSettings {
      ($0.kind, $0.weightDecay) = (.adamW, weightDecay)
      ($0.momentum, $0.secondBeta) = betas
      $0.excludesBiasAndNormFromDecay = excludesBiasAndNormFromDecay
    }
  }

  /// What values must be together, and which have no effect.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(kind != .sgd || !nesterov || momentum > 0, "nesterov", true, "false where momentum is 0")
    checks.unused("secondBeta", if: kind != .adamW, "only kind=adamW has a second beta")
    checks.unused("nesterov", if: kind != .sgd && nesterov, "only kind=sgd has Nesterov momentum")
  }

  /// The optimiser of some parameters.
  /// - Parameters:
  ///   - parameters: what is trained.
  ///   - learningRateMultiplier: a factor on the learning rate of a parameter, by its path.
  public func optimizer(
    for parameters: [NamedTensor], learningRateMultiplier: (String) -> Double = { _ in 1 }
  ) throws -> any Optimizer {
    let byFactor = Dictionary(grouping: parameters) { learningRateMultiplier($0.name) }
    let all = byFactor.sorted { $0.key > $1.key }.flatMap { factor, parameters in
      groups(of: parameters).map { group in
        ParameterGroup(group.parameters, weightDecay: group.weightDecay, learningRateFactor: factor)
      }
    }
    let base: any Optimizer =
      switch kind {
      case .sgd: try SGD(all, momentum: momentum, isNesterov: nesterov, implementation: implementation)
      case .adamW: try AdamW(all, betas: (momentum, secondBeta))
      }
    return sharpnessRadius.map { SharpnessAwareMinimization(base, radius: $0) } ?? base
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
