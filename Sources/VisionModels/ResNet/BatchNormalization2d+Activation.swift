import NeuralNetworks
import Torch

extension BatchNormalization2d {
  /// Normalises, adds a residual if there is one, and activates; in one go where the activation is a ReLU in place, or
  /// a learned unit for which there is a kernel.
  func callAsFunction(_ input: Tensor, adding residual: Tensor? = nil, followedBy activation: any Layer) throws
    -> Tensor
  {
    if let unit = Self.function(of: activation) as? AGLU,
      let result = try unit.normalized(input, by: self, adding: residual)
    {
      return result
    }
    let rectifies = Self.isReLUInPlace(activation)
    let result = try self(input, adding: residual, rectifies: rectifies)
    return rectifies ? result : try activation(result)
  }

  /// The same for several layers, each with its share of the channels and its own activation.
  static func apply(
    _ layers: [BatchNormalization2d], to input: Tensor, adding residual: Tensor? = nil,
    followedBy activations: [any Layer]
  ) throws -> Tensor {
    let rectifies = activations.allSatisfy(isReLUInPlace)
    let result = try layers[0].applied(with: layers, to: input, adding: residual, rectifies: rectifies)
    return rectifies ? result : try LayerStack.apply(activations, to: result)
  }

  private static func isReLUInPlace(_ activation: any Layer) -> Bool {
    (function(of: activation) as? ReLU)?.isInPlace == true
  }

  private static func function(of activation: any Layer) -> any Layer {
    (activation as? Activation)?.function ?? activation
  }
}
