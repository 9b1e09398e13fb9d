import NeuralNetworks
import Serialization

/// A network by value, enough to build it again from a checkpoint.
public struct ModelDescription: Settings {
  /// The name of the backbone in the registry.
  public var backbone = "resnet32"
  /// The classifier head: `linear`, `cosine` or `scaledLinear`.
  public var head = HeadKind.linear
  /// The factor on the cosines of a cosine head; its initial value where it is learned.
  public var cosineScale = 30.0
  /// Whether the factor of a cosine head is learned.
  public var scaleRule = ScaleRule.fixed
  /// What a cosine head makes of the length of a feature vector.
  public var featureLength = NormalizedLinear.FeatureLength.unit
  /// The drop-path rate of the last block of a transformer.
  public var dropPath = 0.0
  /// How features and heads are put together.
  public var form = Form.classifier
  /// The activation in place of the network's.
  public var activation = ActivationKind.default
  /// The gradient of an adaptive unit's `lambda`.
  public var lambdaGradient = AdaptiveParametricActivation.LambdaGradient.exact
  /// The attention at the end of a residual network's blocks.
  public var gate = ResidualGate.default
  /// The initialisation of the heads.
  public var headInitialization = HeadInitialization.default
  /// Whether the scale of the last normalisation of each residual block is initialised to 0.
  public var zeroInitializedResiduals = false

  /// Whether the scale of a normalised head is learned.
  public enum ScaleRule: String, Sendable, Codable, CaseIterable {
    /// It is constant.
    case fixed
    /// Its logarithm is learned.
    case learned
    /// Its square root is learned.
    case learnedSquare
  }

  /// How features and heads are put together.
  public enum Form: Sendable, Codable, Equatable {
    /// One head per feature vector of the backbone.
    case classifier
    /// A linear layer to so many features and a ReLU between the backbone and its heads.
    case projected(features: Int)
    /// Attention pooling before a normalised classifier.
    case calibrated(CalibrationSettings)
    /// Two heads over the same features, one for labels, one for a teacher's soft labels, and which of them predicts.
    case twoHeads(prediction: SelfDistillationClassifier.Prediction)
    /// A classifier, and beside it a projection head to so many features for contrastive learning.
    case contrastive(features: Int)
    /// Experts that share the early part of the backbone, each with a head.
    case experts(ExpertSettings)
  }

  /// The activations that can be chosen by name.
  public enum ActivationKind: String, Sendable, Codable, CaseIterable {
    /// The network's default.
    case `default`
    /// `x sigmoid(x)`
    case silu
    /// The adaptive unit with learned parameters.
    case aglu
  }

  /// The heads that can be chosen by name.
  public enum HeadKind: String, Sendable, Codable, CaseIterable {
    /// A linear layer with a bias.
    case linear
    /// Scaled cosines.
    case cosine
    /// A linear layer with a bias and one learned factor per class.
    case scaledLinear
  }

  /// A ResNet-32 with a linear head.
  public init() {}

  /// A classifier on a backbone.
  public init(backbone: String, head: HeadKind = .linear) {
    (self.backbone, self.head) = (backbone, head)
  }

  /// The experts, in the form `experts`.
  public var experts: ExpertSettings? {
    if case .experts(let settings) = form { settings } else { nil }
  }

  /// `resnet32 with a linear head`
  public var summary: String {
    guard let experts else { return "\(backbone) with a \(head.rawValue) head" }
    return "\(experts.count) experts of \(backbone), each with a \(head.rawValue) head"
  }

  /// Whether this is another network over the same tensors: the same experts, of which the other set of heads predicts,
  /// or which have or lack routers.
  package func usesTensors(of other: ModelDescription) -> Bool {
    guard let experts, var same = other.experts, (experts.headSet == .single) == (same.headSet == .single) else {
      return false
    }
    (same.headSet, same.routing) = (experts.headSet, experts.routing)
    return self == other.with { $0.form = .experts(same) }
  }
}
