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
  public init(backbone: String, head: HeadKind = .linear, cosineScale: Double = 30) {
    self.backbone = backbone
    self.head = head
    self.cosineScale = cosineScale
  }

  /// `resnet32 with a linear head`
  var summary: String { "\(backbone) with a \(head.rawValue) head" }

  /// Builds the network with first weights.
  public func model(classes: Int, seed: UInt64) throws -> ImageClassifier {
    let head: Head =
      switch self.head {
      case .linear: .linear
      case .cosine: .cosine(scale: cosineScale)
      case .scaledLinear: .scaledLinear
      }
    return try BackboneRegistry.backbone(named: backbone).classifier(head: head, classes: classes, seed: seed)
  }
}

/// How pictures become network inputs when nothing is random. It travels with every checkpoint.
public struct Preprocessing: Sendable, Codable, Equatable {
  /// The side of the square pictures, in pixels.
  public var inputSize: Int
  /// Mean and standard deviation.
  public var normalization: Normalization

  /// Makes a rule.
  public init(inputSize: Int, normalization: Normalization) {
    self.inputSize = inputSize
    self.normalization = normalization
  }
}
