/// What a batch normalisation needs beside its input.
public struct BatchNormalizationSettings: Sendable {
  /// The scale of each channel.
  public var weight: Tensor
  /// The shift of each channel.
  public var bias: Tensor
  /// The running mean of each channel.
  public var runningMean: Tensor
  /// The running variance of each channel.
  public var runningVariance: Tensor
  /// Whether statistics of the batch are used and the running values are moved.
  public var isTraining: Bool
  /// The share by which running values move.
  public var momentum: Double
  /// Added to variances.
  public var epsilon: Double
  /// Whether what comes out is rectified.
  public var rectifies: Bool

  /// Names the settings.
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
  /// Gradients that can be differentiated again: those of the plain operations.
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
  /// Batch normalisation, then the addition of a residual, then a ReLU, as far as they are asked for.
  ///
  /// Made of the engine's operations, or of two kernels where `FusedKernels` or `ProcessorKernels` have them enabled.
  /// While training on one value per channel (a single image with 1 x 1 feature maps), the running variance stays as it is and the running
  /// mean moves; every path does so.
  /// - Shapes: `[batch, channels, height, width]`, the residual too, to the same.
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
    // One value per channel has no variance: the engine would divide by n - 1 = 0 and write NaN into the running variance.
    let hasVariance = shape.count < 2 || elementCount > shape[1]
    let result = try batchNormalized(
      weight: settings.weight, bias: settings.bias, runningMean: settings.runningMean,
      runningVariance: settings.isTraining && !hasVariance
        ? settings.runningVariance.detached().clone() : settings.runningVariance,
      isTraining: settings.isTraining, momentum: settings.momentum, epsilon: settings.epsilon)
    // What normalisation gives is needed by nothing else, so it is changed in place: that saves memory traffic, not bits.
    if let residual { try result.add(residual) }
    if settings.rectifies { try result.rectify() }
    return result
  }
}
