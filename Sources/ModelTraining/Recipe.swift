import NeuralNetworks
import VisionData
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
  /// How pictures become inputs.
  public var preprocessing: Preprocessing
  /// What is done, in order.
  public var stages: [Stage]

  /// Makes a recipe.
  public init(_ name: String, source: String, model: ModelDescription, preprocessing: Preprocessing, stages: [Stage]) {
    self.name = name
    self.source = source
    self.model = model
    self.preprocessing = preprocessing
    self.stages = stages
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
  }

  /// `resnet32 with a linear head`
  var summary: String { "\(backbone) with a \(head.rawValue) head" }

  /// Builds the network with first weights.
  public func model(classes: Int, seed: UInt64) throws -> ImageClassifier {
    try BackboneRegistry.backbone(named: backbone).classifier(
      head: headLayer, classes: classes, seed: seed, options: BackboneOptions(dropPath: dropPath))
  }

  /// The network's keys and shapes; its weights take no memory and cannot be used.
  public func outline(classes: Int) throws -> ImageClassifier {
    try BackboneRegistry.backbone(named: backbone).outline(
      head: headLayer, classes: classes, options: BackboneOptions(dropPath: dropPath))
  }

  private var headLayer: Head {
    switch head {
    case .linear: .linear
    case .cosine: .cosine(scale: cosineScale)
    case .scaledLinear: .scaledLinear
    }
  }

  /// The names of the network's heads.
  public func headNames() throws -> [String] { try outline(classes: 1).headNames }
}

extension Normalization {
  /// The rule that published weights of a backbone expect.
  public init(_ pixels: BackboneDescription.Pixels) {
    self.init(mean: pixels.mean, standardDeviation: pixels.standardDeviation)
  }
}
