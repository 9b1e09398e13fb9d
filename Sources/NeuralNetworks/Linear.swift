import Torch

/// A linear layer, `x W^T + b`.
///
/// - Shapes: `[batch, inputs]` to `[batch, outputs]`.
public final class Linear: Module, Layer {
  /// How the weights begin.
  public enum Start: Sendable {
    /// Kaiming-normal weights and a bias of zeros.
    case kaimingNormal
    /// Weights and bias uniform within `1 / sqrt(inputs)`, PyTorch's default.
    case uniform
  }

  /// `[outputs, inputs]`
  public let weight: Tensor
  /// `[outputs]`, if the layer has one.
  public let bias: Tensor?

  /// Makes a layer.
  public init(
    inputs: Int, outputs: Int, hasBias: Bool = true, start: Start = .kaimingNormal, using initializer: Initializer
  ) throws {
    switch start {
    case .kaimingNormal:
      weight = try initializer.kaimingNormal([outputs, inputs])
      bias = hasBias ? try initializer.constant([outputs], 0) : nil
    case .uniform:
      weight = try initializer.inverseRootUniform([outputs, inputs])
      bias = hasBias ? try initializer.inverseRootUniform([outputs], inputs: inputs) : nil
    }
  }

  /// The weight, and the bias if there is one.
  public override var parameters: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try input.linear(weight: weight, bias: bias) }
}
