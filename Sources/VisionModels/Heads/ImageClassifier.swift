import NeuralNetworks
import Torch

/// A backbone with its heads, one per feature vector. Keys are those of the backbone, without a prefix, and `headNames`
/// for the heads.
public final class ImageClassifier: Module, ImageModel {
  /// From images to features.
  public let backbone: any Backbone
  /// From features to scores; one, or one a summary token.
  public let heads: [any Layer]
  /// The number of classes.
  public let classCount: Int

  /// Joins a backbone and new heads.
  public init(
    _ backbone: any Backbone, head: Head, classes: Int, headInitialization: HeadInitialization = .default,
    using initializer: Initializer
  ) throws {
    self.backbone = backbone
    heads = try backbone.headNames.map { _ in
      try head.layer(
        inputs: backbone.featureCount, classes: classes, start: backbone.headStart, initialization: headInitialization,
        using: initializer)
    }
    classCount = classes
  }

  /// The names of the heads in keys.
  public var headNames: [String] { backbone.headNames }

  /// The backbone's own parameters.
  public override var parameters: [NamedTensor] { backbone.parameters }
  /// The backbone's own buffers.
  public override var buffers: [NamedTensor] { backbone.buffers }
  /// The backbone's own parts, then the heads.
  public override var children: [NamedModule] {
    backbone.children + zip(headNames, heads).map { NamedModule($0, $1) }
  }

  /// Switches the backbone itself as well as the parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    backbone.setTraining(training)
  }

  /// Scores images; of several heads, by the mean of their scores.
  public func callAsFunction(_ images: Tensor) throws -> ModelOutput {
    let features = try backbone.featureVectors(images)
    let scores = try zip(heads, features).map { try $0($1) }
    guard scores.count > 1 else { return ModelOutput(logits: scores[0], features: features[0]) }
    return ModelOutput(
      logits: try Tensor.stack(scores).mean(alongAxes: [0]), features: features[0], expertLogits: scores,
      expertFeatures: features)
  }
}
