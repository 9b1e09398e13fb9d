import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData
import VisionModels

/// Adaptive parametric activations (APA): a curve with learned bend and slope in the place of each ReLU (AGLU) and of the sigmoid in
/// squeeze-and-excitation, a cosine head over bounded features, and the training prior put right at test time.
///
/// - Source: Adaptive Parametric Activation, ECCV 2024, and its published code.
public struct APA: MethodSettings {
  /// Where the training prior is put right.
  public enum PriorCorrection: String, Sendable, Codable, CaseIterable {
    /// Nowhere.
    case none
    /// At test time: `log((N - n[c]) / n[c])` is added to the logits of a network that was trained with plain cross-entropy.
    case inference
    /// In training: the log prior is added to the logits there (Balanced Softmax).
    case training
  }

  /// Which images are used.
  public var data: DataSettings
  /// The network, with what stands in the place of activations and gates.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// Where the training prior is put right.
  public var priorCorrection: PriorCorrection
  /// The derivative of a unit by `lambda`: `exact`, or `published` for what the published backward computes, which lacks a term and has the
  /// opposite sign. Published results were obtained with the latter.
  public var lambdaGradient: AdaptiveParametricActivation.LambdaGradient

  /// Parts of the network, such as `layer4`, whose `lambda` and `kappa` are re-initialised, uniform within 0...1, before training;
  /// empty for none.
  public var redrawnCurves: [String]

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .adaptiveParametric, training: TrainingSettings = .apaCIFAR,
    priorCorrection: PriorCorrection = .inference,
    lambdaGradient: AdaptiveParametricActivation.LambdaGradient = .exact, redrawnCurves: [String] = []
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.priorCorrection = priorCorrection
    self.lambdaGradient = lambdaGradient
    self.redrawnCurves = redrawnCurves
  }

  /// One stage, one objective, and a rule for test time.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective: any Objective =
      priorCorrection == .training
      ? try BalancedSoftmaxLoss(classes) : try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    var network = model.description
    network.lambdaGradient = lambdaGradient
    var recipe = Recipe(
      name, source: "Adaptive Parametric Activation, ECCV 2024", model: network, preprocessing: model.preprocessing,
      stages: [
        try training.stage(
          "joint", training: model.trained,
          initializations: redrawnCurves.isEmpty ? [] : [.uniformCurves(below: redrawnCurves)],
          objectives: [(.epochs(0), objective)])
      ])
    recipe.inference = priorCorrection == .inference ? .relativeFrequency : .scores
    return recipe
  }

  /// The published recipes have their own length, rate and strength of augmentation for each data set.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "cifar10-lt", "cifar100-lt": training = .apaCIFAR
    case "imagenet-lt", "imagenet-lt/resnext50": training = .apaImageNetLT
    case "places-lt":
      // Trained are the last stage, whose curves begin anew, and the classifier; its scale keeps the 25 it is initialised with.
      training = .apaPlacesLT
      (model.cosineScale, model.headInitialization) = (25, .glorotUniform)
      redrawnCurves = ["layer4"]
    case "inaturalist2018":
      training = .apaINaturalist
      model.shorterEdge = 232
      // The published commands for these data do not ask for the correction.
      priorCorrection = .none
    default: break
    }
  }
}

extension APA {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    if priorCorrection == .training { TrainingSettings.requireNoLabelSmoothing(&checks, in: training) }
  }
}

extension ModelSettings {
  /// A residual network with learned activations and gates, and scaled cosines of bounded features.
  public static let adaptiveParametric: ModelSettings = {
    var settings = ModelSettings(head: .cosine, cosineScale: 16)
    settings.activation = .aglu
    settings.gate = .adaptiveSqueezeExcitation
    settings.featureLength = .bounded
    return settings
  }()
}

extension TrainingSettings {
  /// The published schedule on CIFAR-LT: 500 epochs of 512 images, rate 0.2 with a cosine to 0, weight decay 1e-3, strong augmentation, Mixup.
  ///
  /// The rate rises over 3 epochs from a hundredth, and reaches 0 in the last epoch, one step of the cosine earlier than published.
  public static let apaCIFAR = apa(
    epochs: 500, batchSize: 512, learningRate: 0.2, weightDecay: 1e-3, riseEpochs: 3,
    augmentation: {
      var augmentation = Augmentation.strongCIFAR
      augmentation.moveAsPublished()
      return augmentation
    }())

  /// The published schedule on ImageNet-LT: 200 epochs of 256 images, weight decay 1e-4, AutoAugment, Mixup.
  public static let apaImageNetLT = apa(
    epochs: 200, batchSize: 256, learningRate: 0.2, weightDecay: 1e-4, riseEpochs: 3,
    augmentation: autoAugmented)

  /// The published schedule on Places-LT: 40 epochs of 256 images, rate 0.1, weight decay 5e-5, Mixup or CutMix, smoothed targets.
  ///
  /// The published network was trained on all of ImageNet with learned activations before; give such weights with `--weights`.
  public static let apaPlacesLT: TrainingSettings = {
    var settings = apa(
      epochs: 40, batchSize: 256, learningRate: 0.1, weightDecay: 5e-5, riseEpochs: 3, augmentation: autoAugmented)
    settings.labelSmoothing = 0.1
    settings.augmentation.cutmixAlpha = 1
    return settings
  }()

  /// The published schedule on iNaturalist 2018: 500 epochs of 1024 images of 192 pixels, each shown four times in a row, rate 0.5, weight
  /// decay 1e-4 without normalisation, RandAugment, erased rectangles, Mixup or CutMix, smoothed targets.
  public static let apaINaturalist: TrainingSettings = {
    var settings = apa(
      epochs: 500, batchSize: 1024, learningRate: 0.5, weightDecay: 1e-4, riseEpochs: 5,
      augmentation: .resizedCropAndFlip)
    settings.optimizer.excludesBiasAndNormFromDecay = true
    settings.labelSmoothing = 0.1
    settings.repetitions = 4
    settings.augmentation.resizedCropSize = 192
    settings.augmentation.policy = .randAugment
    settings.augmentation.moveAsPublished()
    settings.augmentation.policyMagnitude = 9
    settings.augmentation.erasingProbability = 0.1
    settings.augmentation.cutmixAlpha = 1
    return settings
  }()

  private static let autoAugmented: Augmentation = {
    var augmentation = Augmentation.resizedCropAndFlip
    augmentation.policy = .autoAugmentImageNet
    augmentation.moveAsPublished()
    return augmentation
  }()

  /// What the published schedules have in common: a rise from a hundredth of the rate, a cosine by epochs, and Mixup of neighbours.
  private static func apa(
    epochs: Int, batchSize: Int, learningRate: Double, weightDecay: Double, riseEpochs: Int, augmentation: Augmentation
  ) -> TrainingSettings {
    var augmentation = augmentation
    (augmentation.mixupAlpha, augmentation.mixingPairs) = (0.2, .rolled)
    return TrainingSettings(
      // A rise of so many epochs has reached its end in the one after them.
      length: .epochs(epochs), batchSize: batchSize, sampler: .instanceBalanced, learningRate: learningRate,
      warmupEpochs: Double(riseEpochs + 1), warmupStart: 0.01, schedule: .advancedCosine, decayEpochs: [],
      decayFactors: [],
      optimizer: .sgd(weightDecay: weightDecay), gradientClipping: 0, emaDecay: 0, labelSmoothing: 0,
      augmentation: augmentation)
  }
}

extension Augmentation {
  /// The policies of the published APA code are torchvision's: rotations go either way, bilinear, and what moves in is black.
  fileprivate mutating func moveAsPublished() {
    (policyRotatesInOneDirection, policyInterpolation, policyFill) = (false, .bilinear, 0)
  }
}
