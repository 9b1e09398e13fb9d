import Torch

/// A linear layer, `x W^T + b`.
///
/// - Shapes: `[…, inputs]` to `[…, outputs]`.
public final class Linear: Module, Layer, CastsWeight {
  /// How the weights begin.
  public enum Start: Sendable {
    /// Kaiming-normal weights and a bias of zeros.
    case kaimingNormal
    /// Weights and bias uniform within `1 / sqrt(inputs)`, PyTorch's default.
    case uniform
    /// Normal weights that lie within -2 ... 2, and a bias of zeros: the usual start of transformers.
    case truncatedNormal(standardDeviation: Double)
  }

  /// `[outputs, inputs]`
  public let weight: Tensor
  /// `[outputs]`, if the layer has one.
  public let bias: Tensor?
  /// The weight in the number type of a pass, if it has been made for all layers at once.
  public var castWeight: Tensor?

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
    case .truncatedNormal(let deviation):
      weight = try initializer.truncatedNormal([outputs, inputs], standardDeviation: deviation)
      bias = hasBias ? try initializer.constant([outputs], 0) : nil
    }
  }

  /// The weight, and the bias if there is one.
  public override var parameters: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    if let counter = OperationCounter.current { return try count(input, counter) }
    return try input.linear(weight: castWeight ?? weight, bias: bias)
  }

  /// What the layer would give, without its values.
  private func count(_ input: Tensor, _ counter: OperationCounter) throws -> Tensor {
    let shape = input.shape
    guard shape.last == weight.shape[1] else {
      throw TorchError.shape(function: "linear", expected: "[…, \(weight.shape[1])]", actual: "\(shape)")
    }
    counter.add(linear: input.elementCount * weight.shape[0])
    return try OperationCounter.blank(shape.dropLast() + [weight.shape[0]], like: input)
  }
}
