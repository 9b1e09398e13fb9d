import Torch

/// Two-dimensional convolution.
///
/// - Shapes: `[batch, inputs, height, width]` to `[batch, outputs, height', width']`.
public final class Convolution2d: Module, Layer, CastsWeight {
  /// The initial weights; biases are zeros, except with `uniform`.
  public enum Start: Sendable {
    /// Kaiming-normal weights by the values that a result sums over.
    case kaimingNormal
    /// Kaiming-normal weights by the results that a value goes into: standard deviation `sqrt(2 / (outputs size^2))`.
    case kaimingNormalOutputs
    /// Weights and bias uniform within `1 / sqrt(inputs size^2 / groups)`, PyTorch's default.
    case uniform
    /// Normal weights that lie within -2 ... 2.
    case truncatedNormal(standardDeviation: Double)
  }

  /// `[outputs, inputs / groups, size, size]`
  public let weight: Tensor
  /// `[outputs]`, if the layer has one.
  public let bias: Tensor?
  /// The weight in the number type of a pass, if it has been made for all layers at once.
  public var castWeight: Tensor?
  /// Pixels between neighbouring windows.
  public let stride: Int
  /// Zero pixels added on each side.
  public let padding: Int
  /// Parts into which the channels are divided.
  public let groups: Int
  /// LibTorch 2.11 writes beyond its memory in the weight gradient of strided single-pixel windows over fewer than 16
  /// channels, with bfloat16 and several threads; plain PyTorch crashes as well. To take every so many pixels first
  /// gives the same without that.
  private let picksPixelsFirst: Bool

  /// Makes a layer.
  public init(
    inputs: Int, outputs: Int, size: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1, hasBias: Bool = false,
    start: Start = .kaimingNormal, using initializer: Initializer
  ) throws {
    precondition(inputs % groups == 0 && outputs % groups == 0, "channels must be multiples of the groups")
    let shape = [outputs, inputs / groups, size, size]
    switch start {
    case .kaimingNormal: weight = try initializer.kaimingNormal(shape)
    case .kaimingNormalOutputs: weight = try initializer.kaimingNormalOutputs(shape)
    case .uniform: weight = try initializer.inverseRootUniform(shape)
    case .truncatedNormal(let deviation):
      weight = try initializer.truncatedNormal(shape, standardDeviation: deviation)
    }
    if case .uniform = start, hasBias {
      bias = try initializer.inverseRootUniform([outputs], inputs: shape.dropFirst().reduce(1, *))
    } else {
      bias = hasBias ? try initializer.constant([outputs], 0) : nil
    }
    self.stride = stride
    self.padding = padding
    self.groups = groups
    picksPixelsFirst = size == 1 && stride > 1 && padding == 0 && inputs / groups < 16
  }

  /// The weight, and the bias if there is one.
  public override var parameters: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }

  /// Convolves.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    if let counter = OperationCounter.current { return try count(input, counter) }
    return try convolved(input, weight: castWeight ?? weight, bias: bias, groups: groups)
  }

  /// Convolves with another weight in as many groups, and with this layer's stride and padding.
  func convolved(_ input: Tensor, weight: Tensor, bias: Tensor?, groups: Int) throws -> Tensor {
    guard !picksPixelsFirst else {
      let picked = try input.sliced(axis: 2, step: stride).sliced(axis: 3, step: stride)
      return try picked.convolved(with: weight, bias: bias, stride: 1, padding: 0, groups: groups)
    }
    return try input.convolved(with: weight, bias: bias, stride: stride, padding: padding, groups: groups)
  }

  /// Whether another layer's windows lie where this one's do.
  func hasGeometry(of other: Convolution2d) -> Bool {
    (stride, padding, groups) == (other.stride, other.padding, other.groups)
  }

  /// What the layer would give, without its values.
  private func count(_ input: Tensor, _ counter: OperationCounter) throws -> Tensor {
    let (shape, size) = (input.shape, weight.shape[2])
    guard shape.count == 4, shape[1] == weight.shape[1] * groups, min(shape[2], shape[3]) + 2 * padding >= size else {
      throw TorchError.shape(
        function: "convolution",
        expected: "[batch, \(weight.shape[1] * groups), height, width] of at least \(size - 2 * padding) pixels",
        actual: "\(shape)")
    }
    let sides = shape[2...].map { ($0 + 2 * padding - size) / stride + 1 }
    counter.add(convolution: shape[0] * weight.elementCount * sides[0] * sides[1])
    return try OperationCounter.blank([shape[0], weight.shape[0]] + sides, like: input)
  }
}
