/// The parameters, running statistics and options of a batch normalisation.
public struct BatchNormalizationSettings: Sendable {
  /// The scale of each channel.
  public var weight: Tensor
  /// The shift of each channel.
  public var bias: Tensor
  /// The running mean of each channel.
  public var runningMean: Tensor
  /// The running variance of each channel.
  public var runningVariance: Tensor
  /// Whether batch statistics are used and running statistics updated.
  public var isTraining: Bool
  /// The weight of the batch statistics in the update of running statistics, as in PyTorch.
  public var momentum: Double
  /// Added to variances.
  public var epsilon: Double
  /// Whether a ReLU follows.
  public var rectifies: Bool

  /// Makes settings.
  public init(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, isTraining: Bool, momentum: Double,
    epsilon: Double, rectifies: Bool = false
  ) {
    self.weight = weight
    self.bias = bias
    self.runningMean = runningMean
    self.runningVariance = runningVariance
    self.isTraining = isTraining
    self.momentum = momentum
    self.epsilon = epsilon
    self.rectifies = rectifies
  }
}

extension BatchNormalizationSettings {
  /// Gradients that can be differentiated again, from LibTorch's own operations.
  func recordedGradients(_ incoming: Tensor, of inputs: [Tensor], output: Tensor?, hasResidual: Bool) throws
    -> [Tensor?]
  {
    let gradient = try output.map { try incoming * $0.detached().isGreater(than: 0).to(incoming.dtype) } ?? incoming
    let normalized = try inputs[0].batchNormalized(
      weight: inputs[1], bias: inputs[2], runningMean: nil, runningVariance: nil, isTraining: true, momentum: 0,
      epsilon: epsilon)
    var wanted = try gradients(
      of: [normalized], withRespectTo: inputs.filter(\.requiresGradient), weights: [gradient], createGraph: true
    ).makeIterator()
    return inputs.map { $0.requiresGradient ? wanted.next() ?? nil : nil } + (hasResidual ? [gradient] : [])
  }
}

extension Tensor {
  /// Batch normalisation, then the addition of a residual (if given), then a ReLU (if `settings.rectifies`).
  ///
  /// Computed by LibTorch's operations, or by fused kernels where `FusedKernels` or `ProcessorKernels` enable them.
  /// In training with one value per channel (a single image with 1 x 1 feature maps) only the running mean is updated;
  /// the running variance stays, in every implementation.
  /// - Shapes: `[batch, channels, height, width]`, also the residual, to the same.
  public func batchNormalized(_ settings: BatchNormalizationSettings, adding residual: Tensor? = nil) throws -> Tensor {
    if let launcher = FusedKernels.launcher(for: .batchNormalization, on: device),
      let result = try FusedBatchNormalization(settings, launcher)(self, adding: residual)
    {
      return result
    }
    if ProcessorBatchNormalization.fits(self, adding: residual, isTraining: settings.isTraining) {
      return try ProcessorBatchNormalization(settings)(self, adding: residual)
    }
    return try plainlyBatchNormalized(settings, adding: residual)
  }

  func plainlyBatchNormalized(_ settings: BatchNormalizationSettings, adding residual: Tensor?) throws -> Tensor {
    // LibTorch would divide by n - 1 = 0 and write NaN into the running variance.
    let hasVariance = shape.count < 2 || elementCount > shape[1]
    let result = try batchNormalized(
      weight: settings.weight, bias: settings.bias, runningMean: settings.runningMean,
      runningVariance: settings.isTraining && !hasVariance
        ? settings.runningVariance.detached().clone() : settings.runningVariance,
      isTraining: settings.isTraining, momentum: settings.momentum, epsilon: settings.epsilon)
    // The normalised tensor has no other user, so it is changed in place, which saves memory traffic and gives equal
    // bits.
    if let residual { try result.add(residual) }
    if settings.rectifies { try result.rectify() }
    return result
  }
}
