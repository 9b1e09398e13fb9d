import CLibTorch

/// Batch normalisation, the addition of a residual and the learned unit `z (lambda e^(-kappa z) + 1)^(-1/lambda)` behind them in one go, on the
/// processor: float32 images in channels-last order, one pair of parameters. Nothing is recorded.
///
/// What goes into the unit is never written: forward and backward work it out in the nearest cache. Of thirteen passes over the activation nine are
/// left, one more than with a ReLU.
public struct NormalizedUnitKernel {
  /// The normalisation; whether it rectifies is of no effect.
  public var settings: BatchNormalizationSettings
  /// The bend.
  public var lambda: Double
  /// The slope.
  public var kappa: Double

  /// Names what is applied.
  public init(_ settings: BatchNormalizationSettings, lambda: Double, kappa: Double) {
    self.settings = settings
    self.lambda = lambda
    self.kappa = kappa
  }

  /// Whether the kernel is wanted and takes these images and parameters.
  public static func accepts(
    _ input: Tensor, adding residual: Tensor?, lambda: Tensor, kappa: Tensor, isTraining: Bool
  ) -> Bool {
    ProcessorBatchNormalization.fits(input, adding: residual, isTraining: isTraining)
      && AdaptiveCurveKernel.accepts(input, lambda: lambda, kappa: kappa)
  }

  /// The output, and for the gradients the mean and the inverse standard deviation of each channel. Running values are moved when training.
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

  /// The gradients of input, weight, bias and, with one, residual; those of both parameters summed over the elements.
  /// - Parameters:
  ///   - upstream: the gradient of the output.
  ///   - input: the images.
  ///   - residual: what was added.
  ///   - mean: as `results` gave it.
  ///   - inverseDeviation: as `results` gave it.
  ///   - form: whether the gradient of `lambda` is the derivative or the published one.
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
