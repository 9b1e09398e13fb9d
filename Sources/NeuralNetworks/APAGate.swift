import Torch

/// A learned gate in the place of a sigmoid: `(lambda e^(-kappa x) + 1)^(-1/lambda)`. Keys are `lambda_param` and
/// `kappa_param`.
///
/// Train `lambda` and `kappa` without weight decay.
/// - Shapes: any; values within 0...1.
/// - Source: Adaptive Parametric Activation, ECCV 2024.
public final class APAGate: Module, Layer {
  /// Bend and slope.
  public let curve: CurveParameters

  /// Makes a gate.
  /// - Parameters:
  ///   - lambda: where `lambda` is drawn from.
  ///   - kappa: where `kappa` is drawn from. The published squeeze-and-excitation begins with -1...0, so that its gates
  ///     fall at first.
  ///   - sharing: which elements share a pair.
  ///   - isTrained: whether the pair is trained.
  ///   - initializer: the source of random numbers.
  public init(
    lambda: ClosedRange<Double> = 0...1, kappa: ClosedRange<Double> = 0...1,
    sharing: CurveParameters.Sharing = .shared, isTrained: Bool = true, using initializer: Initializer
  ) throws {
    curve = try CurveParameters(
      lambda: lambda, kappa: kappa, sharing: sharing, positivity: .floor, isTrained: isTrained, using: initializer)
  }

  /// The pair, if it is trained.
  public override var parameters: [NamedTensor] { curve.isTrained ? curve.named : [] }
  /// The pair, if it is not trained.
  public override var buffers: [NamedTensor] { curve.isTrained ? [] : curve.named }

  /// Applies the gate.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    guard OperationCounter.current == nil else { return input }
    return try AdaptiveParametricActivation.gate(input, lambda: curve.lambda(), kappa: curve.kappa)
  }
}
