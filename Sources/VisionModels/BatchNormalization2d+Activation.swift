import NeuralNetworks
import Torch

extension BatchNormalization2d {
  /// Normalises, adds a residual if there is one, and activates; in one go where the activation is a ReLU in place.
  func callAsFunction(_ input: Tensor, adding residual: Tensor? = nil, followedBy activation: any Layer) throws
    -> Tensor
  {
    let function = (activation as? Activation)?.function ?? activation
    let rectifies = (function as? ReLU)?.isInPlace == true
    let result = try self(input, adding: residual, rectifies: rectifies)
    return rectifies ? result : try activation(result)
  }
}
