import NeuralNetworks
import Torch

/// A network from pictures to scores.
public protocol ImageModel: Module {
  /// The number of classes it tells apart.
  var classCount: Int { get }
  /// Applies the network to normalised pictures `[batch, 3, height, width]`.
  func callAsFunction(_ images: Tensor) throws -> ModelOutput
  /// Multiply-accumulate operations for one square picture of the given side: convolutions and linear layers.
  func operationCount(inputSize: Int) -> Int
}

/// A network from pictures to features.
public protocol Backbone: Module {
  /// The length of a feature vector.
  var featureCount: Int { get }
  /// Applies the network to normalised pictures `[batch, 3, height, width]`; gives `[batch, features]`.
  func callAsFunction(_ images: Tensor) throws -> Tensor
  /// Multiply-accumulate operations for one square picture of the given side.
  func operationCount(inputSize: Int) -> Int
}
