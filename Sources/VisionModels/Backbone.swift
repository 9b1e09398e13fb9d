import NeuralNetworks
import Torch

/// A network from images to features.
public protocol Backbone: Module {
  /// The length of a feature vector.
  var featureCount: Int { get }
  /// The names of its heads, one per feature vector, as in published weights.
  var headNames: [String] { get }
  /// The initial weights of a linear head.
  var headStart: Linear.Start { get }
  /// Applies the network to normalised images `[batch, 3, height, width]`; gives `[batch, features]`.
  func callAsFunction(_ images: Tensor) throws -> Tensor
  /// Applies the network; gives what each head sees, each `[batch, features]`.
  func featureVectors(_ images: Tensor) throws -> [Tensor]
}

extension Backbone {
  /// `linear`
  public var headNames: [String] { ["linear"] }
  /// Kaiming-normal.
  public var headStart: Linear.Start { .kaimingNormal }
  /// The one feature vector.
  public func featureVectors(_ images: Tensor) throws -> [Tensor] { [try self(images)] }

  /// The operations of one forward pass of a square image, counted by a walk through the network.
  /// - Parameter inputSize: the width and height of the image, in pixels.
  /// - Throws: `ModelError.inputSize` when the network does not take images of that size.
  public func operationCounts(inputSize: Int) throws -> OperationCounts {
    try ModelError.check(inputSize: inputSize)
    return try operationCounts(inputSize: inputSize) { _ = try featureVectors($0) }
  }
}

/// A convolutional backbone whose stages can be taken one by one: experts share the early ones, detectors read several.
public protocol StagedBackbone: Backbone {
  /// What comes before the first stage.
  var stem: ResidualStem { get }
  /// The stages, each a chain of blocks.
  var stages: [Chain] { get }
  /// The channels that each stage gives.
  var stageChannels: [Int] { get }
}

extension StagedBackbone {
  /// The stem's parts, then `layer1`, `layer2`, ….
  public var stagedChildren: [NamedModule] {
    stem.children + stages.enumerated().map { NamedModule("layer\($0.offset + 1)", $0.element) }
  }

  /// Maps `[batch, channels, height, width]` after each of the first `count` stages (nil: all).
  public func featureMaps(_ images: Tensor, stages count: Int? = nil) throws -> [Tensor] {
    var value = try stem(images)
    return try stages.prefix(count ?? stages.count).map { stage in
      value = try stage(value)
      return value
    }
  }

  /// The means of the last stage's maps.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    let last = try stages.reduce(stem(images)) { try $1($0) }
    return try last.mean(alongAxes: [2, 3])
  }
}
