import NeuralNetworks

extension ModelDescription {
  /// Builds the network with its initial weights.
  public func model(classes: Int, seed: UInt64) throws -> any ImageModel {
    try model(classes: classes, using: Initializer(seed: seed))
  }

  /// The network's keys and shapes; its weights take no memory and cannot be used.
  public func outline(classes: Int) throws -> any ImageModel {
    try model(classes: classes, using: .shapesOnly())
  }

  /// The length of the features that the heads see.
  public func featureCount() throws -> Int { try outline(classes: 1).backbone.featureCount }

  /// The names of the heads that predict.
  public func headNames() throws -> [String] { try outline(classes: 1).headNames }

  /// The names of the heads that do not predict, of experts with two sets of heads; no loss depends on them, so that
  /// updates must leave them out.
  public func otherHeadNames() throws -> [String] {
    (try outline(classes: 1) as? ExpertClassifier)?.otherHeadNames ?? []
  }

  private func model(classes: Int, using initializer: Initializer) throws -> any ImageModel {
    let named = try BackboneRegistry.backbone(named: backbone)
    let options = BackboneOptions(dropPath: dropPath, gate: gate)
    if let experts {
      let divided = try named.expertBackbone(experts, using: initializer, options: options)
      try prepare(divided, of: named.family, using: initializer)
      return try ExpertClassifier(
        divided, head: headLayer, classes: classes, headInitialization: headInitialization, using: initializer)
    }
    let network = try named.backbone(using: initializer, options: options)
    try prepare(network, of: named.family, using: initializer)
    return try model(on: network, classes: classes, using: initializer)
  }

  private func model(
    on network: any Backbone, classes: Int, using initializer: Initializer
  ) throws -> any ImageModel {
    func classifier(_ backbone: any Backbone) throws -> ImageClassifier {
      try ImageClassifier(
        backbone, head: headLayer, classes: classes, headInitialization: headInitialization, using: initializer)
    }
    switch form {
    case .classifier, .experts: return try classifier(network)
    case .projected(let features):
      return try classifier(ProjectedBackbone(network, features: features, using: initializer))
    case .twoHeads(let prediction):
      return try SelfDistillationClassifier(
        network, head: headLayer, classes: classes, prediction: prediction, headInitialization: headInitialization,
        using: initializer)
    case .contrastive(let features):
      return try ContrastiveClassifier(classifier(network), features: features, using: initializer)
    case .calibrated(let calibration):
      guard let staged = network as? any StagedBackbone else {
        throw ModelError.setting(
          name: "model.backbone", value: backbone,
          expected: "a convolutional network, whose last feature map can be calibrated")
      }
      return try CalibratedClassifier(
        staged,
        calibration: calibration.module(channels: staged.featureCount, using: initializer),
        head: NormalizedLinear(
          inputs: staged.featureCount, outputs: classes, scale: scale, featureLength: featureLength,
          start: headInitialization.start, using: initializer), predictsCalibrated: calibration.predictsCalibrated)
    }
  }

  /// Initialises residual blocks and replaces activations.
  private func prepare(
    _ network: any Backbone, of family: BackboneDescription.Family, using initializer: Initializer
  ) throws {
    if zeroInitializedResiduals { try network.zeroInitializeResiduals() }
    switch activation {
    case .default: break
    case .silu: try network.replacingActivations { _ in SiLU() }
    case .aglu:
      // The ranges that published networks are initialised from.
      let isTransformer = family == .transformer
      try network.replacingActivations { _ in
        try AGLU(
          lambda: isTransformer ? 0.1...1 : 0...1, kappa: isTransformer ? 0...1 : 0.8...1.2,
          lambdaGradient: lambdaGradient, using: initializer)
      }
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

  private var scale: NormalizedLinear.Scale {
    switch scaleRule {
    case .fixed: .fixed(cosineScale)
    case .learned: .learned(start: cosineScale)
    case .learnedSquare: .learnedSquare(rootStart: cosineScale.squareRoot())
    }
  }
}
