import NeuralNetworks
import Torch

/// A backbone with one head. Keys are those of the backbone, without a prefix, and `linear.…` for the head.
public final class ImageClassifier: Module, ImageModel {
  /// From pictures to features.
  public let backbone: any Backbone
  /// From features to scores.
  public let head: any Layer
  /// The number of classes.
  public let classCount: Int

  /// Joins a backbone and a new head.
  public init(_ backbone: any Backbone, head: Head, classes: Int, using initializer: Initializer) throws {
    self.backbone = backbone
    self.head = try head.layer(inputs: backbone.featureCount, classes: classes, using: initializer)
    classCount = classes
  }

  /// The backbone's own parts, then the head.
  public override var children: [NamedModule] { backbone.children + [NamedModule("linear", head)] }

  /// Scores pictures.
  public func callAsFunction(_ images: Tensor) throws -> ModelOutput {
    let features = try backbone(images)
    return ModelOutput(logits: try head(features), features: features)
  }

  /// The backbone's operations and one product per class and feature.
  public func operationCount(inputSize: Int) -> Int {
    backbone.operationCount(inputSize: inputSize) + backbone.featureCount * classCount
  }
}
