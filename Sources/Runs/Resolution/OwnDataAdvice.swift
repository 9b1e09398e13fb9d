import Datasets
import LongtailMethods
import ModelTraining
import NeuralNetworks
import RunRecords
import Serialization
import VisionModels

/// Settings that fit a data set nobody has made a recipe for, each with its reason: resolution, network, batch, learning rate and length.
///
/// They are rules of thumb, meant to end in about an hour on a few processor cores, or to use a GPU well; a file or `--set` overrules each.
public struct OwnDataAdvice: Sendable {
  /// A setting, its value, and why.
  public struct Choice: Sendable {
    /// The path of the setting.
    public let path: String
    /// Its value.
    public let value: JSONValue
    /// Why, in a few words.
    public let reason: String
  }

  /// What the advice is drawn from.
  public struct Facts: Sendable {
    /// Training images.
    public var imageCount: Int
    /// The median of the shorter edges of some images, in pixels.
    public var shorterEdge: Int
    /// Whether a GPU computes.
    public var usesGPU: Bool
    /// Whether training starts from given weights.
    public var hasWeights: Bool
    /// The network that the given weights belong to, if that is known.
    public var backbone: BackboneDescription?

    /// States facts.
    public init(
      imageCount: Int, shorterEdge: Int, usesGPU: Bool, hasWeights: Bool, backbone: BackboneDescription? = nil
    ) {
      self.imageCount = imageCount
      self.shorterEdge = shorterEdge
      self.usesGPU = usesGPU
      self.hasWeights = hasWeights
      self.backbone = backbone
    }

    /// Looks at a data set, of which headers of at most 200 images are read, and at the keys of a weights file.
    /// - Throws: the error of the first image when no header can be read; `SerializationError` for the weights.
    public init(_ directory: DataDirectory, usesGPU: Bool, weights: String?) throws {
      let images = directory.training
      let step = max(1, images.count / 200)
      var sides = stride(from: 0, to: images.count, by: step).compactMap { index in
        (try? images.imageSize(at: index)).map { min($0.width, $0.height) }
      }.sorted()
      if sides.isEmpty, images.count > 0 {
        let size = try images.imageSize(at: 0)
        sides = [min(size.width, size.height)]
      }
      self.init(
        imageCount: images.count, shorterEdge: sides.isEmpty ? 32 : sides[sides.count / 2], usesGPU: usesGPU,
        hasWeights: weights != nil, backbone: try weights.flatMap { try WeightsFile($0).fittingBackbone() })
    }
  }

  /// What is advised, in the order of the settings.
  public let choices: [Choice]
  /// The length that is advised where none is given, in epochs.
  public let advisedEpochs: Int

  /// Draws advice from facts.
  ///
  /// - Parameters:
  ///   - facts: what is known of the data.
  ///   - method: the method, which says what stages and views it has.
  ///   - tree: the settings so far; what is given there is advised no more, and the rest of the advice is for it.
  public init(_ facts: Facts, for method: any Method.Type, beside tree: SettingsTree? = nil) {
    let given = UserValues(tree)
    let side = given.inputSize ?? Self.inputSize(facts, network: given.network)
    let batch = given.batchSize(of: "training") ?? Self.batchSize(facts.imageCount)
    let place = facts.usesGPU ? "on a GPU" : "on a processor"
    let images = "\(facts.imageCount) images"
    advisedEpochs = Self.epochs(facts)
    var choices = [
      Choice(
        path: "model.inputSize", value: .integer(side),
        reason: given.network == nil
          ? "shorter edges of about \(facts.shorterEdge) pixels, \(place)" : "inputs of the given network")
    ]
    choices += Self.network(facts, side: side)
    for (stage, factor) in method.schedulePaths {
      guard let factor else { continue }
      choices += [
        Choice(path: "\(stage).batchSize", value: .integer(batch), reason: given.batchReason ?? images),
        Self.learningRate(of: stage, factor, batch: given.batchSize(of: stage) ?? batch, facts, given),
      ]
    }
    // All stages and views crop images alike.
    let augmentation = Self.augmentation(side: side)
    for view in method.schedulePaths.map({ $0.path + ".augmentation" }) + method.viewPaths {
      choices += augmentation.map { name, value in
        Choice(path: "\(view).\(name)", value: value, reason: "inputs of \(side) pixels")
      }
    }
    let seen = "\(images), \(facts.hasWeights ? "from given weights" : "from scratch"), \(place)"
    choices.append(Choice(path: "training.length", value: .string("\(advisedEpochs) epochs"), reason: seen))
    let length = given.length ?? .epochs(advisedEpochs)
    choices.append(
      Choice(
        path: "training.warmupEpochs",
        value: Self.warmup(length, stepsPerEpoch: (facts.imageCount + batch - 1) / batch),
        reason: "\(length)"))
    self.choices = choices
  }

  /// Values that a file or an option sets.
  private struct UserValues {
    private let tree: SettingsTree?

    init(_ tree: SettingsTree?) { self.tree = tree }

    private func value(_ path: String) -> JSONValue? {
      guard let tree, tree.origin(of: path)?.isGiven == true else { return nil }
      return tree.value(at: path)
    }

    var inputSize: Int? { value("model.inputSize")?.integerValue }
    var network: BackboneDescription? {
      value("model.backbone")?.stringValue.flatMap { try? BackboneRegistry.backbone(named: $0) }
    }
    var length: TrainingLength? { value("training.length")?.stringValue.flatMap(TrainingLength.init) }
    var learningRate: Double? { value("training.learningRate")?.doubleValue }
    func batchSize(of stage: String) -> Int? { value("\(stage).batchSize")?.integerValue }
    /// Why later stages have the same batch.
    var batchReason: String? { batchSize(of: "training") == nil ? nil : "as training.batchSize" }
  }

  private static func learningRate(
    of stage: String, _ factor: Double, batch: Int, _ facts: Facts, _ given: UserValues
  ) -> Choice {
    if let learningRate = given.learningRate {
      return Choice(
        path: "\(stage).learningRate", value: .number(factor * learningRate), reason: "as training.learningRate")
    }
    return Choice(
      path: "\(stage).learningRate", value: .number(factor * (facts.hasWeights ? 0.01 : 0.05) * Double(batch) / 64),
      reason: "batches of \(batch)" + (facts.hasWeights ? ", from given weights" : ""))
  }

  /// A tenth of the length, at most 5 epochs.
  private static func warmup(_ length: TrainingLength, stepsPerEpoch: Int) -> JSONValue {
    let epochs: Double
    switch length {
    case .epochs(let count): epochs = Double(count)
    case .steps(let count): epochs = Double(count) / Double(max(1, stepsPerEpoch))
    }
    return .number(LengthFollowing.epochs(min(5, epochs / 10)))
  }

  /// Puts the advice into the settings that it knows of, except those that are given.
  public func apply(to tree: inout SettingsTree) throws {
    // The path of a group that is off has the origin of the group.
    let open = choices.filter { tree.origin(of: $0.path)?.isGiven == false }
    for choice in open {
      try tree.set(choice.path, to: choice.value, origin: .data(reason: choice.reason))
    }
  }

  /// Large inputs are cut out of whole images, small ones out of padded squares.
  private static func augmentation(side: Int) -> [(String, JSONValue)] {
    side >= 96
      ? [("cropPadding", .integer(0)), ("resizedCrop.minArea", .number(0.25))]
      : [("cropPadding", .integer(side / 8))]
  }

  private static func network(_ facts: Facts, side: Int) -> [Choice] {
    var choices: [Choice] = []
    if let backbone = facts.backbone {
      choices.append(Choice(path: "model.backbone", value: .string(backbone.name), reason: "the keys of the weights"))
      for (name, values) in [("mean", backbone.pixels.mean), ("standardDeviation", backbone.pixels.standardDeviation)] {
        choices.append(
          Choice(
            path: "model.normalization.\(name)", value: .array(values.map { .number($0) }),
            reason: "as the weights of \(backbone.name)"))
      }
      // Narrower experts have no place for the weights.
      choices.append(
        Choice(
          path: "experts.widthFactors", value: .array([.number(1)]), reason: "as the weights of \(backbone.name)"))
    } else if !facts.hasWeights {
      // Weights of an unknown network: only the user knows it.
      let name = side > 64 ? "resnet18" : "resnet32"
      choices.append(Choice(path: "model.backbone", value: .string(name), reason: "inputs of \(side) pixels"))
    }
    if side >= 96 {
      choices.append(
        Choice(path: "model.shorterEdge", value: .integer(side * 8 / 7), reason: "inputs of \(side) pixels"))
    }
    return choices
  }

  /// The largest usual size that does not enlarge the median image by more than a tenth.
  private static func inputSize(_ facts: Facts, network: BackboneDescription?) -> Int {
    let network = network ?? facts.backbone
    // A transformer's position embeddings are made for one size.
    if let network, network.family == .transformer { return network.inputSize }
    let most = network?.family == .cifar ? 64 : facts.usesGPU ? 224 : facts.hasWeights ? 128 : 64
    let sizes = [32, 48, 64, 96, 128, 160, 192, 224].filter { $0 <= most && $0 * 10 <= facts.shorterEdge * 11 }
    return sizes.last ?? max(16, facts.shorterEdge / 8 * 8)
  }

  private static func batchSize(_ images: Int) -> Int {
    switch images {
    case ..<2_000: 32
    case ..<50_000: 64
    case ..<200_000: 128
    default: 256
    }
  }

  /// As many as make a fixed number of images in all.
  private static func epochs(_ facts: Facts) -> Int {
    let images = (facts.usesGPU ? 3_000_000 : 300_000) / (facts.hasWeights ? 3 : 1)
    return min(max(images / max(1, facts.imageCount), facts.hasWeights ? 5 : 10), 200)
  }
}
