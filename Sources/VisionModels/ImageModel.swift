import NeuralNetworks
import Torch

/// A network from images to logits.
public protocol ImageModel: Module {
  /// The number of classes.
  var classCount: Int { get }
  /// The part from images to features.
  var backbone: any Backbone { get }
  /// The layers from features to logits, in the order of their names.
  var heads: [any Layer] { get }
  /// What keys call its classifiers, such as `fc`.
  var headNames: [String] { get }
  /// The paths of further parts that weights of others lack, such as `projection`.
  var additionNames: [String] { get }
  /// The key under which weights of others have what this network has under a key: of parts that stand several times,
  /// the key of the one.
  func publishedKey(_ key: String) -> String
  /// Applies the network to normalised images `[batch, 3, height, width]`.
  func callAsFunction(_ images: Tensor) throws -> ModelOutput
  /// The logits `[batch, classes]` of as many experts as the router chooses for each image, without computing the
  /// others; nil for a model without a router. For evaluation mode: the host reads the router's decisions.
  func routedLogits(_ images: Tensor) throws -> Tensor?
  /// The mean multiply-accumulate operations per image where some images stop after the first experts; nil for a model
  /// without experts.
  ///
  /// - Parameters:
  ///   - inputSize: the width and height of the images, in pixels.
  ///   - fractions: the share of images that stop after one expert, after two, and so on.
  func meanOperations(inputSize: Int, stoppingFractions fractions: [Double]) throws -> Double?
}

extension ImageModel {
  /// The first head.
  public var head: any Layer { heads[0] }
  /// Whether a key is one of a head's.
  public func isHead(_ key: String) -> Bool { headNames.contains { key.hasPrefix($0 + ".") } }

  /// None.
  public func routedLogits(_ images: Tensor) throws -> Tensor? { nil }
  /// Nothing is known.
  public func meanOperations(inputSize: Int, stoppingFractions fractions: [Double]) throws -> Double? { nil }

  /// `projection` and `projection_head`.
  public var additionNames: [String] { ["projection", "projection_head"] }
  /// The key itself.
  public func publishedKey(_ key: String) -> String { key }

  /// Whether a key is one of a part that weights of others lack: a head, or a projection of the features.
  public func isAddition(_ key: String) -> Bool {
    isHead(key) || additionNames.contains { key.hasPrefix($0 + ".") }
  }

  /// The operations of one forward pass of a square image, counted by a walk through the network.
  /// - Parameter inputSize: the width and height of the image, in pixels.
  /// - Throws: `ModelError.inputSize` when the network does not take images of that size.
  public func operationCounts(inputSize: Int) throws -> OperationCounts {
    try ModelError.check(inputSize: inputSize)
    return try operationCounts(inputSize: inputSize) { _ = try self($0) }
  }
}
