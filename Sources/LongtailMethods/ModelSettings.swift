import Datasets
import ModelTraining
import NeuralNetworks
import Serialization
import Transforms
import VisionModels

/// The network and its input.
public struct ModelSettings: Sendable, Codable, Equatable {
  /// The name of a backbone in the registry.
  public var backbone: String
  /// `linear`, `cosine` or `scaledLinear`.
  public var head: ModelDescription.HeadKind
  /// The factor on the cosines of a cosine head, or where it begins.
  public var cosineScale: Double
  /// Whether the factor of a cosine head is learned: `fixed`, `learned` or `learnedSquare`.
  public var scaleRule = ModelDescription.ScaleRule.fixed
  /// What a cosine head makes of the length of a feature vector: `unit`, `kept` or `bounded`.
  public var featureLength = NormalizedLinear.FeatureLength.unit
  /// What stands where the network's activations stand: `own`, `silu` or `aglu`.
  public var activation = ModelDescription.ActivationKind.own
  /// What stands at the end of a residual network's blocks, such as `squeezeExcitation`.
  public var gate = ResidualGate.own
  /// The initial weights of the heads: `own`, `uniform` or `glorotUniform`.
  public var headInitialization = HeadInitialization.own
  /// Whether the last normalisation of each residual block is initialised with a scale of 0, so that a block passes its shortcut on alone at first.
  public var zeroInitializedResiduals = false
  /// The probability that an image skips a part of a transformer's last block while training; it rises evenly from 0 at the first.
  public var dropPath: Double
  /// The parts of the network that are trained, such as `layer4` and `<head>` for the classifier; empty for all.
  public var trainedParts: [String]
  /// The side of the square images, in pixels; other images are resized.
  public var inputSize: Int
  /// Where nothing is random, the length that shorter edges are resized to before the middle is cut out; 0 for the input size.
  public var shorterEdge: Int
  /// Mean and standard deviation of the inputs.
  public var normalization: Normalization

  /// Makes settings.
  public init(
    backbone: String = "resnet32", head: ModelDescription.HeadKind = .linear, cosineScale: Double = 30,
    dropPath: Double = 0, trainedParts: [String] = [], inputSize: Int = 32, shorterEdge: Int = 0,
    normalization: Normalization = .cifar
  ) {
    self.backbone = backbone
    self.head = head
    self.cosineScale = cosineScale
    self.dropPath = dropPath
    self.trainedParts = trainedParts
    self.inputSize = inputSize
    self.shorterEdge = shorterEdge
    self.normalization = normalization
  }

  /// The network as a checkpoint describes it.
  public var description: ModelDescription {
    var description = ModelDescription(backbone: backbone, head: head, cosineScale: cosineScale, dropPath: dropPath)
    (description.scaleRule, description.featureLength) = (scaleRule, featureLength)
    (description.activation, description.gate) = (activation, gate)
    description.headInitialization = headInitialization
    description.zeroInitializedResiduals = zeroInitializedResiduals
    return description
  }
  /// What is trained where a method does not say otherwise.
  public var trained: ParameterSelection { trainedParts.isEmpty ? .all : .only(trainedParts) }
  /// That, with parts that a method adds to the network.
  func trained(with additions: [String]) -> ParameterSelection {
    trainedParts.isEmpty ? .all : .only(trainedParts + additions)
  }
  /// How images become inputs where nothing is random.
  public var preprocessing: Preprocessing {
    Preprocessing(
      inputSize: inputSize, normalization: normalization, resizedShorterEdge: shorterEdge > 0 ? shorterEdge : nil)
  }
}

extension ModelSettings: CheckedSettings {
  /// Ranges of all numbers; the backbone must be known.
  public func check(_ checks: inout SettingChecks) {
    checks.choice("backbone", backbone, of: BackboneRegistry.all.map(\.name))
    checks.number("cosineScale", cosineScale, above: 0, upTo: 10_000)
    checks.number("dropPath", dropPath, in: 0..<1)
    checks.integer("inputSize", inputSize, in: 1...4096, " pixels")
    checks.integer("shorterEdge", shorterEdge, in: 0...8192, " pixels")
    checks.group("normalization", normalization)
    checks.unused("cosineScale", if: head != .cosine, "only head=cosine has a scale")
    checks.unused("scaleRule", if: head != .cosine, "only head=cosine has a scale")
    checks.unused("featureLength", if: head != .cosine, "only head=cosine uses the length of features")
    checks.unused(
      "shorterEdge", if: shorterEdge > 0 && shorterEdge < inputSize, "the input size, \(inputSize) pixels, is larger")
  }
}
