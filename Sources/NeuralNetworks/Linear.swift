import Torch

/// A linear layer, `x W^T + b`.
///
/// - Shapes: `[…, inputs]` to `[…, outputs]`.
public final class Linear: Module, Layer, CastsWeight {
  /// The initial weights.
  public enum Start: Sendable {
    /// Kaiming-normal weights and a bias of zeros.
    case kaimingNormal
    /// Weights and bias uniform within `1 / sqrt(inputs)`, PyTorch's default.
    case uniform
    /// Normal weights that lie within -2 ... 2, and a bias of zeros: the usual start of transformers.
    case truncatedNormal(standardDeviation: Double)
    /// Weights uniform within `sqrt(6 / (inputs + outputs))` and a bias of zeros: the default of Keras, also called
    /// Xavier.
    ///
    /// Source: Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010, equation 16.
    case glorotUniform

    /// Weights of a shape `[outputs, inputs]`.
    func weight(_ shape: [Int], using initializer: Initializer) throws -> Tensor {
      switch self {
      case .kaimingNormal: try initializer.kaimingNormal(shape)
      case .uniform: try initializer.inverseRootUniform(shape)
      case .truncatedNormal(let deviation): try initializer.truncatedNormal(shape, standardDeviation: deviation)
      case .glorotUniform: try initializer.glorotUniform(shape)
      }
    }

    /// The bias that belongs to weights of a shape `[outputs, inputs]`.
    func bias(_ shape: [Int], using initializer: Initializer) throws -> Tensor {
      guard case .uniform = self else { return try initializer.constant([shape[0]], 0) }
      return try initializer.inverseRootUniform([shape[0]], inputs: shape[1])
    }
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
    weight = try start.weight([outputs, inputs], using: initializer)
    bias = hasBias ? try start.bias([outputs, inputs], using: initializer) : nil
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
