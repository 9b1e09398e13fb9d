import Torch

/// Batch normalisation of image channels.
///
/// While training, a batch is normalised by its own mean and variance, and running values move towards them by
/// `momentum`; in evaluation the running values are used. The running variance takes the unbiased estimate (divided by
/// n - 1); a batch with one value per channel (a single image whose feature maps are 1 x 1) has none, so it moves the
/// running mean and leaves the running variance as it is.
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: Batch Normalization, ICML 2015.
public final class BatchNormalization2d: Module, Layer {
  /// The scale of each channel.
  public let weight: Tensor
  /// The shift of each channel.
  public let bias: Tensor
  /// The running mean of each channel.
  public let runningMean: Tensor
  /// The running variance of each channel.
  public let runningVariance: Tensor
  /// Kept for its key only: with a fixed momentum the count has no effect.
  private let batchCount: Tensor
  /// The share by which running values move.
  public let momentum: Double
  /// Added to variances.
  public let epsilon: Double
  /// Whether training moves the running values; off in a repeated pass over the same batch.
  public var updatesRunningValues = true

  /// Makes a layer that passes standardised values through unchanged.
  public init(channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5, using initializer: Initializer) throws {
    weight = try initializer.constant([channels], 1)
    bias = try initializer.constant([channels], 0)
    runningMean = try Tensor.zeros([channels])
    runningVariance = try Tensor.ones([channels])
    batchCount = try Tensor.zeros([], dtype: .int64)
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Scale and shift.
  public override var parameters: [NamedTensor] { [NamedTensor("weight", weight), NamedTensor("bias", bias)] }
  /// The running values, with PyTorch's names.
  public override var buffers: [NamedTensor] {
    [
      NamedTensor("running_mean", runningMean), NamedTensor("running_var", runningVariance),
      NamedTensor("num_batches_tracked", batchCount),
    ]
  }

  /// Normalises.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try self(input, adding: nil, rectifies: false) }

  /// Normalises, then adds a residual, then applies a ReLU, as far as they are asked for.
  public func callAsFunction(_ input: Tensor, adding residual: Tensor? = nil, rectifies: Bool) throws -> Tensor {
    if let counter = OperationCounter.current {
      counter.add(normalizedElements: input.elementCount)
      return try Tensor.zeros(input.shape, dtype: input.dtype, on: input.device)
    }
    return try input.batchNormalized(settings(rectifies: rectifies), adding: residual)
  }

  /// What is applied in the present mode.
  func settings(rectifies: Bool) -> BatchNormalizationSettings {
    BatchNormalizationSettings(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance, isTraining: isTraining,
      momentum: updatesRunningValues ? momentum : 0, epsilon: epsilon, rectifies: rectifies)
  }
}
