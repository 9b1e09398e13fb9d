import Torch

/// A layer that can be applied with other values than its own parameters, such as those after a step that must itself
/// be differentiated.
public protocol FunctionalLayer: Layer {
  /// Applies the layer with the given values in the order of `parameters`.
  func applied(to input: Tensor, parameters: [Tensor]) throws -> Tensor
}

extension Linear: FunctionalLayer {
  /// Applies the layer with another weight, and another bias if it has one.
  public func applied(to input: Tensor, parameters: [Tensor]) throws -> Tensor {
    try input.linear(weight: parameters[0], bias: parameters.count > 1 ? parameters[1] : nil)
  }
}

extension ScaledLinear: FunctionalLayer {
  /// Applies the layer with another weight, bias and factors.
  public func applied(to input: Tensor, parameters: [Tensor]) throws -> Tensor {
    try input.linear(weight: parameters[0], bias: parameters[1]) * parameters[2]
  }
}
