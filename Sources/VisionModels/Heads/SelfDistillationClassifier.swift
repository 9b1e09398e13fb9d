import NeuralNetworks
import Torch

/// A backbone with two heads over the same features: a hard one for the labels, and a soft one for the labels of a
/// teacher. Keys of the heads are the backbone's first head name, and that with `_soft`.
///
/// The output's `expertLogits` are those of the hard and the soft head, in this order.
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.3.
public final class SelfDistillationClassifier: Module, ImageModel {
  /// Which head predicts.
  public enum Prediction: String, Sendable, Codable, CaseIterable {
    /// The head that learns labels.
    case hard
    /// The head that learns from the teacher.
    case soft
    /// The mean of both heads' logits.
    case mean
  }

  /// From images to features.
  public let backbone: any Backbone
  /// Which head predicts.
  public let prediction: Prediction
  /// The number of classes.
  public let classCount: Int
  private let hard: any Layer
  private let soft: any Layer

  /// Joins a backbone and two new heads.
  public init(
    _ backbone: any Backbone, head kind: Head = .linear, classes: Int, prediction: Prediction = .soft,
    headInitialization: HeadInitialization = .default, using initializer: Initializer
  ) throws {
    self.backbone = backbone
    self.prediction = prediction
    classCount = classes
    func head() throws -> any Layer {
      try kind.layer(
        inputs: backbone.featureCount, classes: classes, start: backbone.headStart, initialization: headInitialization,
        using: initializer)
    }
    hard = try head()
    soft = try head()
  }

  /// The hard and the soft head.
  public var heads: [any Layer] { [hard, soft] }
  /// The names of the hard and the soft head.
  public var headNames: [String] { ["", "_soft"].map { (backbone.headNames.first ?? "fc") + $0 } }
  /// The backbone's own parameters.
  public override var parameters: [NamedTensor] { backbone.parameters }
  /// The backbone's own buffers.
  public override var buffers: [NamedTensor] { backbone.buffers }
  /// The backbone's own parts, then the heads.
  public override var children: [NamedModule] {
    backbone.children + zip(headNames, [hard, soft]).map { NamedModule($0, $1) }
  }

  /// Switches the backbone itself as well as the parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    backbone.setTraining(training)
  }

  /// Classifies images.
  public func callAsFunction(_ images: Tensor) throws -> ModelOutput {
    let features = try backbone(images)
    let scores = (hard: try hard(features), soft: try soft(features))
    let logits =
      switch prediction {
      case .hard: scores.hard
      case .soft: scores.soft
      case .mean: try (scores.hard + scores.soft) * 0.5
      }
    return ModelOutput(
      logits: logits, features: features, expertLogits: [scores.hard, scores.soft],
      expertFeatures: [features, features])
  }
}
