import Torch

/// A cosine classifier: the scaled cosine of the angle between features and each class vector, `s (x / |x|) · (w / |w|)`.
///
/// - Shapes: `[batch, inputs]` to `[batch, outputs]`, values within `-scale ... scale`.
public final class NormalizedLinear: Module, Layer {
  /// One class vector per row, `[outputs, inputs]`.
  public let weight: Tensor
  /// The factor on the cosines.
  public let scale: Double

  /// Makes a layer whose class vectors are uniform within -1 and 1.
  public init(inputs: Int, outputs: Int, scale: Double, using initializer: Initializer) throws {
    weight = try initializer.uniform([outputs, inputs], from: -1, to: 1)
    self.scale = scale
  }

  /// The class vectors.
  public override var parameters: [NamedTensor] { [NamedTensor("weight", weight)] }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    OperationCounter.current?.add(linear: input.elementCount * weight.shape[0])
    return try input.normalized(alongAxis: 1).linear(weight: weight.normalized(alongAxis: 1)) * scale
  }
}
