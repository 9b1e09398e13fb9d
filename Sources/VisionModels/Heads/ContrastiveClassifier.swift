import NeuralNetworks
import Torch

/// A classifier with a projection head beside it, whose outputs contrastive learning compares. Keys are those of the
/// classifier, and `projection_head`.
///
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.1.
public final class ContrastiveClassifier: Module, ImageModel {
  /// What makes directions of length 1 from features.
  public let projectionHead: ProjectionHead
  private let classifier: ImageClassifier

  /// Adds a projection head.
  /// - Parameters:
  ///   - classifier: the classifier.
  ///   - features: the length of a projection.
  ///   - initializer: where the weights of the projection head come from.
  public init(_ classifier: ImageClassifier, features: Int, using initializer: Initializer) throws {
    self.classifier = classifier
    projectionHead = try ProjectionHead(
      inputs: classifier.backbone.featureCount, outputs: features, using: initializer)
  }

  /// From images to features.
  public var backbone: any Backbone { classifier.backbone }
  /// The classifier's heads.
  public var heads: [any Layer] { classifier.heads }
  /// The names of the classifier's heads.
  public var headNames: [String] { classifier.headNames }
  /// The number of classes.
  public var classCount: Int { classifier.classCount }
  /// The classifier's own parameters.
  public override var parameters: [NamedTensor] { classifier.parameters }
  /// The classifier's own buffers.
  public override var buffers: [NamedTensor] { classifier.buffers }
  /// The classifier's parts, then the projection head.
  public override var children: [NamedModule] {
    classifier.children + [NamedModule("projection_head", projectionHead)]
  }

  /// Switches the classifier itself as well as the parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    classifier.setTraining(training)
  }

  /// Scores images; the projection head takes no part in that.
  public func callAsFunction(_ images: Tensor) throws -> ModelOutput { try classifier(images) }

  /// The projections of images, `[batch, features]`, without scoring them.
  public func projections(of images: Tensor) throws -> Tensor {
    try projectionHead(backbone.featureVectors(images)[0])
  }
}
