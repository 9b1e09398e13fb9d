import CLibTorch

/// A CPU kernel of batch normalisation, the addition of a residual and the activation
/// `z (lambda e^(-kappa z) + 1)^(-1/lambda)` (AGLU): float32 channels-last images, one pair of parameters for all
/// elements. It does not record operations for autograd.
///
/// The input of the activation is never stored; forward and backward recompute it in cache. This saves four of thirteen
/// passes over the feature map.
public struct NormalizedUnitKernel {
  /// The batch normalisation; `rectifies` is ignored.
  public var settings: BatchNormalizationSettings
  /// The shape parameter of the activation.
  public var lambda: Double
  /// The slope parameter of the activation.
  public var kappa: Double

  /// Makes a kernel.
  public init(_ settings: BatchNormalizationSettings, lambda: Double, kappa: Double) {
    self.settings = settings
    self.lambda = lambda
    self.kappa = kappa
  }

  /// Whether the kernel is enabled and accepts these tensors.
  public static func accepts(
    _ input: Tensor, adding residual: Tensor?, lambda: Tensor, kappa: Tensor, isTraining: Bool
  ) -> Bool {
    ProcessorBatchNormalization.fits(input, adding: residual, isTraining: isTraining)
      && AdaptiveCurveKernel.accepts(input, lambda: lambda, kappa: kappa)
  }

  /// The output and, for the backward pass, the mean and inverse standard deviation of each channel. In training the
  /// running statistics are updated.
  public func results(_ input: Tensor, adding residual: Tensor?) throws -> (
    output: Tensor, mean: Tensor, inverseDeviation: Tensor
  ) {
    var results = [OpaquePointer?](repeating: nil, count: 3)
    try Engine.check(
      ct_batch_normalization_unit_forward(
        input.handle, residual?.handle, settings.weight.handle, settings.bias.handle, settings.runningMean.handle,
        settings.runningVariance.handle, settings.isTraining, settings.momentum, settings.epsilon, lambda, kappa,
        &results), "batch normalisation and adaptive unit of \(input.summary)")
    let tensors = results.compactMap { $0.map(Tensor.init(owning:)) }
    return (tensors[0], tensors[1], tensors[2])
  }

  /// The gradients of input, weight, bias and, if given, residual; and of both parameters, summed over the elements.
  /// - Parameters:
  ///   - upstream: the gradient of the output.
  ///   - input: the input of the forward pass.
  ///   - residual: the residual of the forward pass.
  ///   - mean: as returned by `results`.
  ///   - inverseDeviation: as returned by `results`.
  ///   - form: whether the gradient of `lambda` is the derivative or that of the published code.
  public func gradients(
    _ upstream: Tensor, of input: Tensor, adding residual: Tensor?, mean: Tensor, inverseDeviation: Tensor,
    form: AdaptiveCurveKernel.Form
  ) throws -> (tensors: [Tensor], lambda: Double, kappa: Double) {
    var results = [OpaquePointer?](repeating: nil, count: 4)
    var sums = (lambda: 0.0, kappa: 0.0)
    try Engine.check(
      ct_batch_normalization_unit_backward(
        upstream.handle, input.handle, residual?.handle, settings.weight.handle, settings.bias.handle, mean.handle,
        inverseDeviation.handle, lambda, kappa, form.rawValue, &sums.lambda, &sums.kappa, &results),
      "gradient of batch normalisation and adaptive unit of \(input.summary)")
    return (results.compactMap { $0.map(Tensor.init(owning:)) }, sums.lambda, sums.kappa)
  }
}
