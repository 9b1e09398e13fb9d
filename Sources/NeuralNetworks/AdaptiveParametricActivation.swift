import Torch

/// The two-parameter curve `eta(z) = (lambda e^(-kappa z) + 1)^(-1/lambda)`, as a gate and as a unit `z eta(z)`.
///
/// `lambda` bends it from Gumbel (towards 0) over sigmoid (1) and beyond; `kappa` sets slope and direction. Everything
/// is computed in the logarithm, so that no power overflows: finite for `|kappa z|` in the hundreds and `lambda` from
/// 1e-8 on. Half-precision inputs are computed in float32.
///
/// For a single pair, what is to be had is one pass over memory each way: on the processor for float32, and on GPUs for
/// float32 and bfloat16 where `FusedKernels` has the kernels enabled. Everything else is composed of operations.
///
/// - Shapes: `lambda` and `kappa` broadcast against the input; their gradients have their own shapes.
/// - Source: Adaptive Parametric Activation, ECCV 2024.
public enum AdaptiveParametricActivation {
  /// The gradient of `lambda` in a unit.
  public enum LambdaGradient: String, Sendable, Codable, CaseIterable {
    /// The derivative.
    case exact
    /// `-(z / lambda) d eta / d (kappa z)`, as in the published backward of the unit. It lacks the logarithmic term and
    /// has the opposite sign.
    case published
  }

  /// Refuses a `lambda` for which the curve has no value; tensors of `lambda` are not read.
  /// - Throws: `ParameterError` unless it is finite and above 0.
  public static func validate(lambda: Double) throws {
    guard lambda > 0, lambda.isFinite else {
      throw ParameterError("lambda", "\(lambda)", expected: "a finite number above 0")
    }
  }

  /// `eta(z)`, within 0...1.
  public static func gate(_ input: Tensor, lambda: Tensor, kappa: Tensor) throws -> Tensor {
    try gateFunction([input, lambda, kappa])[0]
  }

  /// `z eta(z)`. Only input and parameters are kept for the backward pass.
  public static func unit(
    _ input: Tensor, lambda: Tensor, kappa: Tensor, lambdaGradient: LambdaGradient = .exact
  ) throws -> Tensor {
    switch lambdaGradient {
    case .exact: try unitFunction([input, lambda, kappa])[0]
    case .published: try publishedUnitFunction([input, lambda, kappa])[0]
    }
  }

  /// `log eta(z)`, which stays exact where the gate itself underflows. Differentiable as it is recorded.
  public static func logGate(_ input: Tensor, lambda: Tensor, kappa: Tensor) throws -> Tensor {
    try Curve(input, lambda: lambda, kappa: kappa).logarithm
  }

  private static let gateFunction = function("adaptive parametric gate", .gate) {
    try $0.value()
  } slopes: { curve in
    let share = try curve.share()
    return (
      input: try curve.kappa * share, lambda: { try curve.slopeInLambda() }, kappa: { try curve.input * share }
    )
  }

  private static let unitFunction = function("adaptive parametric unit", .unit) {
    try $0.input * $0.value()
  } slopes: {
    try unitSlopes($0) { curve, _ in try curve.input * curve.slopeInLambda() }
  }

  private static let publishedUnitFunction = function(
    "adaptive parametric unit, published gradient", .publishedUnit
  ) {
    try $0.input * $0.value()
  } slopes: {
    try unitSlopes($0) { curve, along in try -along / curve.lambda }
  }

  /// The slopes of one element; those of the parameters only where they are asked for.
  private typealias Slopes = (input: Tensor, lambda: () throws -> Tensor, kappa: () throws -> Tensor)

  private static func unitSlopes(
    _ curve: Curve, lambda: @escaping (Curve, Tensor) throws -> Tensor
  ) throws -> Slopes {
    // The input is multiplied in one factor at a time: its square may overflow where the product is 0.
    let along = try curve.input * curve.share()
    return (
      input: try curve.value() + curve.kappa * along, lambda: { try lambda(curve, along) },
      kappa: { try curve.input * along }
    )
  }

  /// The gradients from the kernels of the device, or nil where they cannot be used.
  private static func kernelGradients(_ given: Tensor, _ saved: [Tensor], _ form: AdaptiveCurveKernel.Form) throws
    -> [Tensor?]?
  {
    if let fused = FusedAdaptiveCurve(saved[0], lambda: saved[1], kappa: saved[2], form: form) {
      return try fused.gradients(given)
    }
    guard AdaptiveCurveKernel.accepts(saved[0], lambda: saved[1], kappa: saved[2]) else { return nil }
    let found = try AdaptiveCurveKernel.gradients(
      saved[0], upstream: given, lambda: saved[1].singleValue(), kappa: saved[2].singleValue(), form: form)
    return [
      found.input, try Tensor.full(saved[1].shape, found.lambda, dtype: saved[1].dtype),
      try Tensor.full(saved[2].shape, found.kappa, dtype: saved[2].dtype),
    ]
  }

  private static func function(
    _ name: String, _ form: AdaptiveCurveKernel.Form, value: @escaping @Sendable (Curve) throws -> Tensor,
    slopes: @escaping @Sendable (Curve) throws -> Slopes
  ) -> DifferentiableFunction {
    DifferentiableFunction(name, isTwiceDifferentiable: true, savesOutputs: false) { inputs in
      if let fused = FusedAdaptiveCurve(inputs[0], lambda: inputs[1], kappa: inputs[2], form: form) {
        return [try fused.value()]
      }
      if AdaptiveCurveKernel.accepts(inputs[0], lambda: inputs[1], kappa: inputs[2]) {
        return [
          try AdaptiveCurveKernel.value(
            inputs[0], lambda: inputs[1].singleValue(), kappa: inputs[2].singleValue(), form: form)
        ]
      }
      let curve = try Curve(inputs[0], lambda: inputs[1], kappa: inputs[2])
      return [try value(curve).to(inputs[0].dtype)]
    } backward: { gradients, saved in
      guard let given = gradients[0] else { return [nil, nil, nil] }
      // A pass that is recorded must be made of operations.
      if !gradientsAreRecorded, let found = try kernelGradients(given, saved, form) { return found }
      let curve = try Curve(saved[0], lambda: saved[1], kappa: saved[2])
      let upstream = try given.to(curve.input.dtype)
      let slopes = try slopes(curve)
      func gradient(_ parameter: Tensor, _ slope: () throws -> Tensor) throws -> Tensor? {
        guard parameter.requiresGradient else { return nil }
        return try (upstream * slope()).summed(toShape: parameter.shape).to(parameter.dtype)
      }
      let input = saved[0].requiresGradient ? try (upstream * slopes.input).to(saved[0].dtype) : nil
      return [input, try gradient(saved[1], slopes.lambda), try gradient(saved[2], slopes.kappa)]
    }
  }
}

/// The curve at some inputs, in the logarithm. With `t = log lambda - kappa z` and `sp = log(1 + e^t)`: `log eta = -sp
/// / lambda`.
private struct Curve {
  let input: Tensor
  let lambda: Tensor
  let kappa: Tensor
  let logLambda: Tensor
  let exponent: Tensor
  let softplus: Tensor
  let logarithm: Tensor

  init(_ input: Tensor, lambda: Tensor, kappa: Tensor) throws {
    let dtype: DType = input.dtype == .float64 ? .float64 : .float32
    self.input = try input.to(dtype)
    self.lambda = try lambda.to(dtype)
    self.kappa = try kappa.to(dtype)
    logLambda = try self.lambda.log()
    exponent = try logLambda - self.kappa * self.input
    softplus = try exponent.softplus(linearAbove: 50)
    logarithm = try -(softplus / self.lambda)
  }

  func value() throws -> Tensor { try logarithm.exp() }

  /// `eta / (lambda + e^(kappa z))`, the derivative of the value by `kappa z`.
  func share() throws -> Tensor { try (logarithm + (exponent - softplus) - logLambda).exp() }

  /// The derivative of the value by `lambda`, `eta (sp - sigmoid(t)) / lambda^2`, never negative.
  func slopeInLambda() throws -> Tensor {
    try (logarithm - logLambda * 2.0 + logOfDifference()).exp()
  }

  /// `log(sp - sigmoid(t))`. Below `log 0.01` the difference loses its digits and its series in `u = e^t` is taken:
  /// `u^2 (1/2 - 2u/3 + 3u^2/4 - …)`. Each form sees only exponents of its own side, so that neither has an infinite
  /// slope.
  private func logOfDifference() throws -> Tensor {
    let limit = -4.605170185988091
    let isSmall = try exponent.isLess(than: limit)
    let small = try exponent.clamped(from: nil, to: limit)
    let power = try small.exp()
    var series = try power.zerosLike() + Curve.coefficients[Curve.coefficients.count - 1]
    for coefficient in Curve.coefficients.dropLast().reversed() { series = try series * power + coefficient }
    let large = try exponent.clamped(from: limit, to: nil)
    let direct = try (large.softplus(linearAbove: 50) - large.sigmoid()).log()
    return try (small * 2.0 + series.log()).selected(where: isSmall, else: direct)
  }

  /// `(-1)^k (k - 1) / k` for `k` from 2: at `u` 0.01 the first one left out is 1e-16 of the whole.
  private static let coefficients: [Double] = (2...9).map { (k: Int) -> Double in
    let magnitude = Double(k - 1) / Double(k)
    return k.isMultiple(of: 2) ? magnitude : -magnitude
  }
}

extension Tensor {
  /// The only element of a tensor that lies on the processor; looking at it there is no transfer.
  func singleValue() throws -> Double {
    try detached().to(.float64).contiguous().withMutableHostBytes { $0.load(as: Double.self) }
  }

  /// The sum over all axes along which a tensor of the given shape was repeated by broadcasting.
  func summed(toShape target: [Int]) throws -> Tensor {
    let leading = rank - target.count
    let repeated = (0..<rank).filter { $0 < leading || (target[$0 - leading] == 1 && shape[$0] != 1) }
    return try (repeated.isEmpty ? self : sum(alongAxes: repeated, keepingAxes: true)).reshaped(target)
  }
}
