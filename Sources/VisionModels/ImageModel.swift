import NeuralNetworks
import Torch

/// A network from images to scores.
public protocol ImageModel: Module {
  /// The number of classes it tells apart.
  var classCount: Int { get }
  /// What makes features of images.
  var backbone: any Backbone { get }
  /// What makes scores of features, in the order of their names.
  var heads: [any Layer] { get }
  /// What keys call its classifiers, such as `fc`.
  var headNames: [String] { get }
  /// The paths of further parts that weights of others lack, such as `projection`.
  var additionNames: [String] { get }
  /// The key under which weights of others have what this network has under a key: of parts that stand several times, the key of the one.
  func publishedKey(_ key: String) -> String
  /// Applies the network to normalised images `[batch, 3, height, width]`.
  func callAsFunction(_ images: Tensor) throws -> ModelOutput
}

extension ImageModel {
  /// The first head.
  public var head: any Layer { heads[0] }
  /// Whether a key is one of a head's.
  public func isHead(_ key: String) -> Bool { headNames.contains { key.hasPrefix($0 + ".") } }

  /// `projection` and `projection_head`.
  public var additionNames: [String] { ["projection", "projection_head"] }
  /// The key itself.
  public func publishedKey(_ key: String) -> String { key }

  /// Whether a key is one of a part that weights of others lack: a head, or a projection of the features.
  public func isAddition(_ key: String) -> Bool {
    isHead(key) || additionNames.contains { key.hasPrefix($0 + ".") }
  }

  /// What one application to a square image computes, counted by a walk through the network.
  /// - Parameter inputSize: the side of the image, in pixels.
  /// - Throws: `ModelError.inputSize` when the network does not take images of that size.
  public func operationCounts(inputSize: Int) throws -> OperationCounts {
    try ModelError.check(inputSize: inputSize)
    return try operationCounts(inputSize: inputSize) { _ = try self($0) }
  }
}
