import ModelTraining
import NeuralNetworks
import SettingRules
import VisionData
import VisionModels

/// The settings of a method: flat values with documented defaults, which files and the command line can change, and the one function
/// that turns them into a recipe.
public protocol MethodSettings: Codable, Sendable, CheckedSettings {
  /// Which images of a data set are used.
  var data: DataSettings { get set }
  /// The network.
  var model: ModelSettings { get set }
  /// Length, batch, optimiser, schedule, augmentation.
  var training: TrainingSettings { get set }
  /// Takes a schedule for `training`, and for later stages the schedules that go with it, such as a short one of the classifier.
  ///
  /// Setting `training` alone leaves the schedules of later stages as they are.
  mutating func adopt(_ schedule: TrainingSettings)
  /// The recipe for a training set, of settings whose rules hold; callers take `recipe(named:for:)`.
  func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe
  /// The rules of the method's own settings, and what it needs of the others.
  func checkMethod(_ checks: inout SettingChecks)
  /// Changes what the method's own recipe for a registered target has different from the usual one; see `RecipeRegistry`.
  mutating func adapt(toTarget name: String)
  /// Whether random parts are cut out of whole images, for any view of them.
  var cutsOutParts: Bool { get }
  /// The paths of settings, beside those of schedules, that count epochs of `training` and follow its length.
  var pathsInEpochsOfTraining: [String] { get }
  /// Whether something is chosen by the images that `data.validationShare` sets aside.
  var usesValidation: Bool { get }
}

extension MethodSettings {
  /// Whether parts of the network are fixed from the start, or move little, so that they must begin with good weights.
  public var needsWeights: Bool { !model.trainedParts.isEmpty || training.backboneLearningRateMultiplier < 1 }
  /// The schedule of the only stage.
  public mutating func adopt(_ schedule: TrainingSettings) { training = schedule }
  /// Nothing: most methods take the usual schedule of a target.
  public mutating func adapt(toTarget name: String) {}
  /// Whether the schedule's changes do.
  public var cutsOutParts: Bool { training.augmentation.resizedCropArea > 0 }
  /// Most methods choose nothing after training.
  public var usesValidation: Bool { false }
  /// None: most methods count epochs in schedules alone.
  public var pathsInEpochsOfTraining: [String] { [] }
  /// Nothing: a method without settings of its own.
  public func checkMethod(_ checks: inout SettingChecks) {}

  /// The rules of all settings.
  public func check(_ checks: inout SettingChecks) {
    checks.group("data", data)
    checks.group("model", model)
    checks.group("training", training)
    checkMethod(&checks)
    checks.require(
      data.validationShare == 0 || usesValidation, "data.validationShare", data.validationShare,
      "0 for this recipe: it chooses nothing by a validation set, and the images would be missing in training")
    checkBatchMemory(&checks)
  }

  /// The recipe for a training set.
  ///
  /// - Throws: `SettingFault` for a value outside its range, or one that does not fit another.
  public func recipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    try requireValid()
    return try makeRecipe(named: name, for: classes)
  }

  /// A batch of inputs must not be larger than any memory.
  private func checkBatchMemory(_ checks: inout SettingChecks) {
    let side = Double(model.inputSize)
    let bytes = 12 * side * side * Double(training.batchSize)
    checks.require(
      bytes <= 1e12, "training.batchSize", training.batchSize,
      "smaller for inputs of \(model.inputSize) pixels: a batch of them would have more than 1,000 GB")
  }
}

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
