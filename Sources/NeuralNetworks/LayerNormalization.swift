import Torch

/// Normalisation of each token over its channels, with a trained scale and shift.
///
/// - Shapes: `[…, channels]` to the same.
/// - Source: Layer Normalization, 2016.
public final class LayerNormalization: Module, Layer {
  /// The scale of each channel.
  public let weight: Tensor
  /// The shift of each channel.
  public let bias: Tensor
  /// Added to variances.
  public let epsilon: Double

  /// Makes a layer that passes standardised values through unchanged.
  public init(channels: Int, epsilon: Double = 1e-5, using initializer: Initializer) throws {
    weight = try initializer.constant([channels], 1)
    bias = try initializer.constant([channels], 0)
    self.epsilon = epsilon
  }

  /// Scale and shift.
  public override var parameters: [NamedTensor] { [NamedTensor("weight", weight), NamedTensor("bias", bias)] }

  /// Normalises.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    OperationCounter.current?.add(normalizedElements: input.elementCount)
    return try input.layerNormalized(axes: weight.shape, weight: weight, bias: bias, epsilon: epsilon)
  }
}
