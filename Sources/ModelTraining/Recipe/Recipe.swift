import NeuralNetworks
import Transforms
import VisionModels

/// How a classifier is trained: a model and stages, with where it comes from.
///
/// A method is one function from its settings and the class distribution to a recipe. No method owns a training loop.
public struct Recipe: Sendable {
  /// The name, `method/dataset` with an optional third part for a variant.
  public var name: String
  /// Where the method and its settings come from.
  public var source: String
  /// What is trained.
  public var model: ModelDescription
  /// How images become network inputs.
  public var preprocessing: Preprocessing
  /// The stages, in order.
  public var stages: [Stage]
  /// How the model's logits become predictions.
  public var inference = InferenceRule.logits

  /// Makes a recipe.
  public init(_ name: String, source: String, model: ModelDescription, preprocessing: Preprocessing, stages: [Stage]) {
    self.name = name
    self.source = source
    self.model = model
    self.preprocessing = preprocessing
    self.stages = stages
  }

  /// The network of a stage.
  public func model(ofStage index: Int) -> ModelDescription {
    stages.indices.contains(index) ? stages[index].model ?? model : model
  }
}

/// A network by name, enough to build it again from a checkpoint.
public struct ModelDescription: Sendable, Codable, Equatable {
  /// The name of the backbone in the registry.
  public var backbone: String
  /// `linear`, `cosine` or `scaledLinear`.
  public var head: HeadKind
  /// The factor on the cosines of a cosine head.
  public var cosineScale: Double
  /// The drop-path rate of the last block of a transformer.
  public var dropPath: Double
  /// How features and heads are put together.
  public var form = Form.classifier
  /// What stands where the network's activations stand.
  public var activation = ActivationKind.own
  /// The length of features behind a linear layer and a ReLU that follow the backbone; 0 for none.
  public var projection = 0
  /// The length of what contrastive learning compares, in the form `contrastive`.
  public var contrastiveFeatures = 128
  /// Which of two heads predicts.
  public var prediction = SelfDistillationClassifier.Prediction.soft
  /// What stands at the end of a residual network's blocks.
  public var gate = ResidualGate.own
  /// What the gradient of an adaptive unit's `lambda` is.
  public var lambdaGradient = AdaptiveParametricActivation.LambdaGradient.exact
  /// What a normalised head makes of the length of a feature vector.
  public var featureLength = NormalizedLinear.FeatureLength.unit
  /// Whether the scale of a normalised head stays at `cosineScale`.
  public var scaleRule = ScaleRule.fixed
  /// How the calibrated form pools.
  public var calibration = CalibrationSettings()
  /// What experts share and how wide they are, in the form `experts`.
  public var experts = ExpertSettings()
  /// The initial weights of the heads.
  public var headInitialization = HeadInitialization.own
  /// Whether the last normalisation of each residual block is initialised with a scale of 0.
  public var zeroInitializedResiduals = false

  /// Whether the scale of a normalised head is learned.
  public enum ScaleRule: String, Sendable, Codable, CaseIterable {
    /// It stays as it is.
    case fixed
    /// Its logarithm is.
    case learned
    /// Its square root is.
    case learnedSquare
  }

  /// How features and heads are put together.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// A head a feature vector.
    case classifier
    /// Calibrated pooling before a normalised classifier.
    case calibrated
    /// Two heads over the same features: one for labels, one for a teacher's soft labels.
    case twoHeads
    /// A classifier, and a projection head beside it for contrastive learning.
    case contrastive
    /// Experts that share the early part of the backbone, each with a head.
    case experts
  }

  /// What stands where a network's activations stand.
  public enum ActivationKind: String, Sendable, Codable, CaseIterable {
    /// The network's own.
    case own
    /// `x sigmoid(x)`
    case silu
    /// The adaptive unit with learned parameters.
    case aglu
  }

  /// The kinds of heads that can be chosen by name.
  public enum HeadKind: String, Sendable, Codable, CaseIterable {
    /// A linear layer with a bias.
    case linear
    /// Scaled cosines.
    case cosine
    /// A linear layer with a bias and one learned factor per class.
    case scaledLinear
  }

  /// Describes a network.
  public init(backbone: String, head: HeadKind = .linear, cosineScale: Double = 30, dropPath: Double = 0) {
    self.backbone = backbone
    self.head = head
    self.cosineScale = cosineScale
    self.dropPath = dropPath
  }

  /// Reads a description, also of a checkpoint that was written before drop-path could be chosen.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    backbone = try values.decode(String.self, forKey: .backbone)
    head = try values.decode(HeadKind.self, forKey: .head)
    cosineScale = try values.decode(Double.self, forKey: .cosineScale)
    dropPath = try values.decodeIfPresent(Double.self, forKey: .dropPath) ?? 0
    form = try values.decodeIfPresent(Form.self, forKey: .form) ?? .classifier
    activation = try values.decodeIfPresent(ActivationKind.self, forKey: .activation) ?? .own
    projection = try values.decodeIfPresent(Int.self, forKey: .projection) ?? 0
    contrastiveFeatures = try values.decodeIfPresent(Int.self, forKey: .contrastiveFeatures) ?? 128
    prediction = try values.decodeIfPresent(SelfDistillationClassifier.Prediction.self, forKey: .prediction) ?? .soft
    gate = try values.decodeIfPresent(ResidualGate.self, forKey: .gate) ?? .own
    lambdaGradient =
      try values.decodeIfPresent(
        AdaptiveParametricActivation.LambdaGradient.self, forKey: .lambdaGradient) ?? .exact
    featureLength = try values.decodeIfPresent(NormalizedLinear.FeatureLength.self, forKey: .featureLength) ?? .unit
    scaleRule = try values.decodeIfPresent(ScaleRule.self, forKey: .scaleRule) ?? .fixed
    calibration =
      try values.decodeIfPresent(CalibrationSettings.self, forKey: .calibration) ?? CalibrationSettings()
    experts = try values.decodeIfPresent(ExpertSettings.self, forKey: .experts) ?? ExpertSettings()
    headInitialization =
      try values.decodeIfPresent(HeadInitialization.self, forKey: .headInitialization) ?? .own
    zeroInitializedResiduals = try values.decodeIfPresent(Bool.self, forKey: .zeroInitializedResiduals) ?? false
  }

  /// `resnet32 with a linear head`
  var summary: String {
    guard form == .experts else { return "\(backbone) with a \(head.rawValue) head" }
    return "\(experts.count) experts of \(backbone), each with a \(head.rawValue) head"
  }

  /// Builds the network with first weights.
  public func model(classes: Int, seed: UInt64) throws -> any ImageModel {
    try model(classes: classes, using: Initializer(seed: seed))
  }

  /// The network's keys and shapes; its weights take no memory and cannot be used.
  public func outline(classes: Int) throws -> any ImageModel {
    try model(classes: classes, using: .shapesOnly())
  }

  private func model(classes: Int, using initializer: Initializer) throws -> any ImageModel {
    let named = try BackboneRegistry.backbone(named: backbone)
    let options = BackboneOptions(dropPath: dropPath, gate: gate)
    var network: any Backbone =
      try form == .experts
      ? named.expertBackbone(experts, using: initializer, options: options)
      : named.backbone(using: initializer, options: options)
    if zeroInitializedResiduals { try network.zeroInitializeResiduals() }
    switch activation {
    case .own: break
    case .silu: try network.replacingActivations { _ in SiLU() }
    case .aglu:
      // The ranges that published networks draw from.
      let isTransformer = named.family == .transformer
      try network.replacingActivations { _ in
        try AGLU(
          lambda: isTransformer ? 0.1...1 : 0...1, kappa: isTransformer ? 0...1 : 0.8...1.2,
          lambdaGradient: lambdaGradient, using: initializer)
      }
    }
    if let divided = network as? ExpertBackbone {
      guard projection == 0 else {
        throw ModelError.setting(
          name: "model.projection", value: "\(projection)", expected: "0 for experts, which have features of their own")
      }
      return try ExpertClassifier(
        divided, head: headLayer, classes: classes, headInitialization: headInitialization, using: initializer)
    }
    if projection > 0 { network = try ProjectedBackbone(network, features: projection, using: initializer) }
    switch form {
    case .classifier, .experts:
      return try ImageClassifier(
        network, head: headLayer, classes: classes, headInitialization: headInitialization, using: initializer)
    case .twoHeads:
      return try SelfDistillationClassifier(
        network, head: headLayer, classes: classes, prediction: prediction, headInitialization: headInitialization,
        using: initializer)
    case .contrastive:
      return try ContrastiveClassifier(
        ImageClassifier(
          network, head: headLayer, classes: classes, headInitialization: headInitialization, using: initializer),
        features: contrastiveFeatures, using: initializer)
    case .calibrated:
      guard let staged = network as? any StagedBackbone else {
        throw ModelError.setting(
          name: "model.backbone", value: backbone, expected: "a convolutional network, whose last map can be calibrated"
        )
      }
      return try CalibratedClassifier(
        staged,
        calibration: calibration.module(channels: staged.featureCount, using: initializer),
        head: NormalizedLinear(
          inputs: staged.featureCount, outputs: classes, scale: scale, featureLength: featureLength,
          start: headInitialization.start, using: initializer), predictsCalibrated: calibration.predictsCalibrated)
    }
  }

  private var headLayer: Head {
    switch head {
    case .linear: .linear
    case .cosine where scaleRule == .fixed && featureLength == .unit: .cosine(scale: cosineScale)
    case .cosine: .normalized(scale: scale, featureLength: featureLength)
    case .scaledLinear: .scaledLinear
    }
  }

  /// The length of the features that the heads see.
  public func featureCount() throws -> Int { try outline(classes: 1).backbone.featureCount }

  private var scale: NormalizedLinear.Scale {
    switch scaleRule {
    case .fixed: .fixed(cosineScale)
    case .learned: .learned(start: cosineScale)
    case .learnedSquare: .learnedSquare(rootStart: cosineScale.squareRoot())
    }
  }

  /// The names of the network's heads that score.
  public func headNames() throws -> [String] { try outline(classes: 1).headNames }

  /// The names of the heads that do not score, of experts with two sets of heads; no loss depends on them, so that updates must leave them
  /// out.
  public func otherHeadNames() throws -> [String] {
    (try outline(classes: 1) as? ExpertClassifier)?.otherHeadNames ?? []
  }

  /// Whether this is another network over the same tensors: the same experts, of which the other set of heads scores, or behind which gates
  /// stand or no longer stand.
  func usesTensors(of other: ModelDescription) -> Bool {
    guard form == .experts, (experts.headSet == .single) == (other.experts.headSet == .single) else { return false }
    var same = other
    (same.experts.headSet, same.experts.routing) = (experts.headSet, experts.routing)
    return same == self
  }
}

extension Normalization {
  /// The rule that published weights of a backbone expect.
  public init(_ pixels: BackboneDescription.Pixels) {
    self.init(mean: pixels.mean, standardDeviation: pixels.standardDeviation)
  }
}
