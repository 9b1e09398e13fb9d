import NeuralNetworks
import Torch

/// A network from pictures to scores.
public protocol ImageModel: Module {
  /// The number of classes it tells apart.
  var classCount: Int { get }
  /// What makes features of pictures.
  var backbone: any Backbone { get }
  /// What makes scores of features, in the order of their names.
  var heads: [any Layer] { get }
  /// What keys call its classifiers, such as `fc`.
  var headNames: [String] { get }
  /// Applies the network to normalised pictures `[batch, 3, height, width]`.
  func callAsFunction(_ images: Tensor) throws -> ModelOutput
}

extension ImageModel {
  /// The first head.
  public var head: any Layer { heads[0] }
  /// Whether a key is one of a head's.
  public func isHead(_ key: String) -> Bool { headNames.contains { key.hasPrefix($0 + ".") } }

  /// Whether a key is one of a part that weights of others lack: a head, or a projection of the features.
  public func isAddition(_ key: String) -> Bool {
    isHead(key) || ["projection.", "projection_head."].contains { key.hasPrefix($0) }
  }

  /// What one application to a square picture computes, counted by a walk through the network.
  /// - Parameter inputSize: the side of the picture, in pixels.
  /// - Throws: `ModelError.inputSize` when the network does not take pictures of that size.
  public func operationCounts(inputSize: Int) throws -> OperationCounts {
    try ModelError.check(inputSize: inputSize)
    return try operationCounts(inputSize: inputSize) { _ = try self($0) }
  }
}
