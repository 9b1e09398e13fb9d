import Torch

/// Two-dimensional convolution.
///
/// - Shapes: `[batch, inputs, height, width]` to `[batch, outputs, height', width']`.
public final class Convolution2d: Module, Layer {
  /// `[outputs, inputs / groups, size, size]`
  public let weight: Tensor
  /// `[outputs]`, if the layer has one.
  public let bias: Tensor?
  /// Pixels between neighbouring windows.
  public let stride: Int
  /// Zero pixels added on each side.
  public let padding: Int
  /// Parts into which the channels are divided.
  public let groups: Int

  /// Makes a layer with Kaiming-normal weights and, if asked for, a bias of zeros.
  public init(
    inputs: Int, outputs: Int, size: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1, hasBias: Bool = false,
    using initializer: Initializer
  ) throws {
    weight = try initializer.kaimingNormal([outputs, inputs / groups, size, size])
    bias = hasBias ? try initializer.constant([outputs], 0) : nil
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }

  /// The weight, and the bias if there is one.
  public override var parameters: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }

  /// Convolves.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.convolved(with: weight, bias: bias, stride: stride, padding: padding, groups: groups)
  }
}
