import Torch

/// The adaptive gated linear unit, `x (lambda e^(-kappa x) + 1)^(-1/lambda)`, a learned activation that replaces ReLU,
/// SiLU or GELU. Keys are `lambda_param` and `kappa_param`.
///
/// `lambda` and `kappa` at 1 give SiLU; `kappa` 1.702 comes close to GELU, a large `kappa` to ReLU. Train both without
/// weight decay.
/// - Shapes: any.
/// - Source: Adaptive Parametric Activation, ECCV 2024.
public final class AGLU: Module, Layer {
  /// Bend and slope.
  public let curve: CurveParameters
  /// The gradient of `lambda`.
  public let lambdaGradient: AdaptiveParametricActivation.LambdaGradient

  /// Makes a unit.
  /// - Parameters:
  ///   - lambda: where `lambda` is drawn from; in transformers 0.1...1.
  ///   - kappa: where `kappa` is drawn from; in backbones of detectors 1...1.3, in transformers 0...1.
  ///   - sharing: which elements share a pair.
  ///   - positivity: how `lambda` is kept positive; published detectors use the floor.
  ///   - lambdaGradient: the derivative, or what the published backward computes instead.
  ///   - isTrained: whether the pair is trained.
  ///   - initializer: the source of random numbers.
  public init(
    lambda: ClosedRange<Double> = 0...1, kappa: ClosedRange<Double> = 0.8...1.2,
    sharing: CurveParameters.Sharing = .shared, positivity: CurveParameters.Positivity = .shifted,
    lambdaGradient: AdaptiveParametricActivation.LambdaGradient = .exact, isTrained: Bool = true,
    using initializer: Initializer
  ) throws {
    curve = try CurveParameters(
      lambda: lambda, kappa: kappa, sharing: sharing, positivity: positivity, isTrained: isTrained, using: initializer)
    self.lambdaGradient = lambdaGradient
  }

  /// The pair, if it is trained.
  public override var parameters: [NamedTensor] { curve.isTrained ? curve.named : [] }
  /// The pair, if it is not trained.
  public override var buffers: [NamedTensor] { curve.isTrained ? [] : curve.named }

  /// Applies the unit.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    guard OperationCounter.current == nil else { return input }
    return try AdaptiveParametricActivation.unit(
      input, lambda: curve.lambda(), kappa: curve.kappa, lambdaGradient: lambdaGradient)
  }
}
