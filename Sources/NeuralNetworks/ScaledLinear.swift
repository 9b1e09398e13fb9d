import Torch

/// A linear layer with one learned factor per output, `s (x W^T + b)`; the factors begin at 1.
///
/// - Shapes: `[batch, inputs]` to `[batch, outputs]`.
/// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 4 (learnable
///   weight scaling).
public final class ScaledLinear: Module, Layer {
  /// `[outputs, inputs]`
  public let weight: Tensor
  /// `[outputs]`
  public let bias: Tensor
  /// One factor per output, `[outputs]`; it scales the bias too.
  public let scales: Tensor

  /// Makes a layer with initial weights and bias as those of a linear layer, and factors of 1.
  public init(
    inputs: Int, outputs: Int, start: Linear.Start = .kaimingNormal, using initializer: Initializer
  ) throws {
    weight = try start.weight([outputs, inputs], using: initializer)
    bias = try start.bias([outputs, inputs], using: initializer)
    scales = try initializer.constant([outputs], 1)
  }

  /// `weight`, `bias` and `scales`.
  public override var parameters: [NamedTensor] {
    [NamedTensor("weight", weight), NamedTensor("bias", bias), NamedTensor("scales", scales)]
  }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    OperationCounter.current?.add(linear: input.elementCount * weight.shape[0])
    return try input.linear(weight: weight, bias: bias) * scales
  }
}
