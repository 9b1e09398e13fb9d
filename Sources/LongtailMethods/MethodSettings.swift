import ModelTraining
import VisionData

/// The settings of a method: flat values with documented defaults, which files and the command line can change, and the one function
/// that turns them into a recipe.
public protocol MethodSettings: Codable, Sendable {
  /// Which images of a data set are used.
  var data: DataSettings { get set }
  /// The network.
  var model: ModelSettings { get set }
  /// Length, batch, optimiser, schedule, augmentation.
  var training: TrainingSettings { get set }
  /// The recipe for a training set.
  func recipe(named name: String, for classes: ClassDistribution) throws -> Recipe
}

/// The network and its input.
public struct ModelSettings: Sendable, Codable, Equatable {
  /// The name of a backbone in the registry.
  public var backbone: String
  /// `linear`, `cosine` or `scaledLinear`.
  public var head: ModelDescription.HeadKind
  /// The factor on the cosines of a cosine head.
  public var cosineScale: Double
  /// The side of the square pictures, in pixels; other pictures are resized.
  public var inputSize: Int
  /// Mean and standard deviation of the inputs.
  public var normalization: Normalization

  /// Makes settings.
  public init(
    backbone: String = "resnet32", head: ModelDescription.HeadKind = .linear, cosineScale: Double = 30,
    inputSize: Int = 32, normalization: Normalization = .cifar
  ) {
    self.backbone = backbone
    self.head = head
    self.cosineScale = cosineScale
    self.inputSize = inputSize
    self.normalization = normalization
  }

  /// The network as a checkpoint describes it.
  public var description: ModelDescription {
    ModelDescription(backbone: backbone, head: head, cosineScale: cosineScale)
  }
  var preprocessing: Preprocessing { Preprocessing(inputSize: inputSize, normalization: normalization) }
}
