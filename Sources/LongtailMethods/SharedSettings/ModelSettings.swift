import ModelTraining
import NeuralNetworks
import Serialization
import Transforms
import VisionModels

/// The network and its input.
public struct ModelSettings: Settings {
  /// The name of a backbone in the registry.
  public var backbone = "resnet32"
  /// The classifier head: `linear`, `cosine` or `scaledLinear`.
  public var head = ModelDescription.HeadKind.linear
  /// The factor on the cosines of a cosine head; its initial value where it is learned.
  @Within(above: 0, upTo: 10_000) public var cosineScale = 30.0
  /// Whether the factor of a cosine head is learned: `fixed`, `learned` or `learnedSquare`.
  public var scaleRule = ModelDescription.ScaleRule.fixed
  /// What a cosine head makes of the length of a feature vector: `unit`, `kept` or `bounded`.
  public var featureLength = NormalizedLinear.FeatureLength.unit
  /// The activation in place of the network's: `default`, `silu` or `aglu`.
  public var activation = ModelDescription.ActivationKind.default
  /// The attention at the end of a residual network's blocks, such as `squeezeExcitation`; `default` for what the
  /// backbone has.
  public var gate = ResidualGate.default
  /// The initialisation of the heads: `default` for that of the network, `uniform` or `glorotUniform`.
  public var headInitialization = HeadInitialization.default
  /// Whether the scale of the last normalisation of each residual block is initialised to 0, so that a block is its
  /// shortcut at first.
  public var zeroInitializedResiduals = false
  /// Stochastic depth of a transformer: the probability that an image skips the last block; it rises evenly from 0 at
  /// the first.
  @Within(0..<1) public var dropPath = 0.0
  /// The parts of the network that are trained, such as `layer4` and `<head>` for the classifier; empty for all.
  public var trainedParts: [String] = []
  /// The width and height of the inputs, in pixels; other images are resized.
  @Within(1...4096, note: "pixels") public var inputSize = 32
  /// The length in pixels that shorter edges are resized to before the centre is cropped, at test time; nil for the
  /// input size.
  @Within(1...8192, note: "pixels") public var shorterEdge: Int? = nil
  /// Mean and standard deviation of the inputs.
  public var normalization = Normalization.cifar

  /// A ResNet-32 with a linear head, for CIFAR.
  public init() {}

  /// The network as a checkpoint describes it.
  public var description: ModelDescription {
    ModelDescription {
      ($0.backbone, $0.dropPath) = (backbone, dropPath)
      ($0.head, $0.cosineScale, $0.scaleRule, $0.featureLength) = (head, cosineScale, scaleRule, featureLength)
      ($0.activation, $0.gate) = (activation, gate)
      $0.headInitialization = headInitialization
      $0.zeroInitializedResiduals = zeroInitializedResiduals
    }
  }
  /// What is trained where a method does not say otherwise.
  public var trained: ParameterSelection { trainedParts.isEmpty ? .all : .only(trainedParts) }
  /// That, with parts that a method adds to the network.
  func trained(with additions: [String]) -> ParameterSelection {
    trainedParts.isEmpty ? .all : .only(trainedParts + additions)
  }
  /// How images become inputs at test time.
  public var preprocessing: Preprocessing {
    Preprocessing(inputSize: inputSize, normalization: normalization, resizedShorterEdge: shorterEdge)
  }

  /// The backbone must be known; which values have no effect.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.choice("backbone", backbone, of: BackboneRegistry.all.map(\.name))
    checks.unused("cosineScale", if: head != .cosine, "only head=cosine has a scale")
    checks.unused("scaleRule", if: head != .cosine, "only head=cosine has a scale")
    checks.unused("featureLength", if: head != .cosine, "only head=cosine uses the length of features")
    checks.unused(
      "shorterEdge", if: shorterEdge.map { $0 < inputSize } ?? false,
      "the input size, \(inputSize) pixels, is larger")
  }
}
