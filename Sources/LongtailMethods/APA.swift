import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Transforms
import VisionModels

/// Adaptive parametric activations (APA): an activation with learned parameters in the place of each ReLU (AGLU) and of
/// the sigmoid in squeeze-and-excitation, a cosine head over bounded features, and the training prior corrected at test
/// time.
///
/// - Source: Adaptive Parametric Activation, ECCV 2024, and its published code.
public struct APA: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "apa", title: "APA",
    summary: "learned activations and gates (AGLU, APA), cosine head, prior corrected at test time",
    paper: "Adaptive Parametric Activation, ECCV 2024", article: "APA",
    results: [
      .imageNetLTResNeXt50: "59.1 % all (published)", .iNaturalist2018: "74.8 % all (published)",
      .placesLT: "42.0 % all (published)",
    ])

  /// Where the training prior is corrected.
  public enum PriorCorrection: String, Sendable, Codable, CaseIterable {
    /// Nowhere.
    case none
    /// At test time: `log((N - n[c]) / n[c])` is added to the logits of a network that was trained with plain
    /// cross-entropy.
    case inference
    /// In training: the log prior is added to the logits there (Balanced Softmax).
    case training
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network, with learned activations and gates.
  public var model = ModelSettings.adaptiveParametric
  /// The schedule.
  public var training = TrainingSettings.apaCIFAR
  /// Where the training prior is corrected.
  public var priorCorrection = PriorCorrection.inference
  /// The derivative of an activation by `lambda`: `exact`, or `published` for what the published backward pass
  /// computes, which lacks a term and has the opposite sign. Published results were obtained with the latter.
  public var lambdaGradient = AdaptiveParametricActivation.LambdaGradient.exact
  /// Parts of the network, such as `layer4`, whose `lambda` and `kappa` are re-initialised, uniform within 0...1,
  /// before training; empty for none.
  public var reinitializedActivations: [String] = []

  /// The published settings.
  public init() {}

  /// One stage, one objective, and a rule for test time.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let objective: any Objective =
      priorCorrection == .training
      ? try BalancedSoftmaxLoss(classes) : try CrossEntropyLoss(labelSmoothing: training.labelSmoothing)
    var network = model.description
    network.lambdaGradient = lambdaGradient
    let joint = try training.stage(
      "joint", training: model.trained,
      initializations: reinitializedActivations.isEmpty
        ? [] : [.uniformActivationParameters(below: reinitializedActivations)],
      objectives: [(.epochs(0), objective)])
    var recipe = recipe(name, [joint], network: network)
    recipe.inference = priorCorrection == .inference ? .relativeFrequency : .logits
    return recipe
  }

  /// The published recipes have their own length, learning rate and strength of augmentation for each data set.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .cifar10LT, .cifar100LT: training = .apaCIFAR
    case .imageNetLT, .imageNetLTResNeXt50: training = .apaImageNetLT
    case .placesLT:
      // Trained are the last stage, whose activations are re-initialised, and the classifier, whose scale stays at 25.
      training = .apaPlacesLT
      (model.cosineScale, model.headInitialization) = (25, .glorotUniform)
      reinitializedActivations = ["layer4"]
    case .iNaturalist2018:
      training = .apaINaturalist
      model.shorterEdge = 232
      // The published commands for these data do not ask for the correction.
      priorCorrection = .none
    case .cifar100LTBalms, .synthetic, .own: break
    }
  }

  /// Balanced Softmax has no smoothed targets.
  public func checkTogether(_ checks: inout SettingChecks) {
    if priorCorrection == .training { TrainingSettings.requireNoLabelSmoothing(&checks, in: training) }
  }
}

extension ModelSettings {
  /// A residual network with learned activations and gates, and scaled cosines of bounded features.
  public static let adaptiveParametric = ModelSettings {
    ($0.head, $0.cosineScale, $0.featureLength) = (.cosine, 16, .bounded)
    ($0.activation, $0.gate) = (.aglu, .adaptiveSqueezeExcitation)
  }
}

extension TrainingSettings {
  /// The published schedule on CIFAR-LT: 500 epochs of 512 images, learning rate 0.2 with a cosine to 0, weight decay
  /// 1e-3, strong augmentation, Mixup.
  ///
  /// The warm-up takes 3 epochs from a hundredth; the learning rate is 0 in the last epoch, one step of the cosine
  /// earlier than published.
  public static let apaCIFAR = apa(
    epochs: 500, batchSize: 512, learningRate: 0.2, weightDecay: 1e-3, warmupEpochs: 3,
    augmentation: {
      var augmentation = Augmentation.strongCIFAR
      augmentation.useTorchvisionPolicies()
      return augmentation
    }())

  /// The published schedule on ImageNet-LT: 200 epochs of 256 images, weight decay 1e-4, AutoAugment, Mixup.
  public static let apaImageNetLT = apa(
    epochs: 200, batchSize: 256, learningRate: 0.2, weightDecay: 1e-4, warmupEpochs: 3,
    augmentation: autoAugmented)

  /// The published schedule on Places-LT: 40 epochs of 256 images, learning rate 0.1, weight decay 5e-5, Mixup or
  /// CutMix, label smoothing.
  ///
  /// The published network was trained on all of ImageNet with learned activations before; give such weights with
  /// `--weights`.
  public static let apaPlacesLT: TrainingSettings = {
    var settings = apa(
      epochs: 40, batchSize: 256, learningRate: 0.1, weightDecay: 5e-5, warmupEpochs: 3, augmentation: autoAugmented)
    settings.labelSmoothing = 0.1
    settings.augmentation.mixing?.cutmixAlpha = 1
    return settings
  }()

  /// The published schedule on iNaturalist 2018: 500 epochs of 1024 images of 192 pixels, each shown four times in a
  /// row, learning rate 0.5, weight decay 1e-4 but none for normalisation layers, RandAugment, random erasing, Mixup or
  /// CutMix, label smoothing.
  public static let apaINaturalist: TrainingSettings = {
    var settings = apa(
      epochs: 500, batchSize: 1024, learningRate: 0.5, weightDecay: 1e-4, warmupEpochs: 5,
      augmentation: .resizedCropAndFlip)
    settings.optimizer.excludesBiasAndNormFromDecay = true
    settings.labelSmoothing = 0.1
    settings.repetitions = 4
    settings.augmentation.resizedCrop?.size = 192
    settings.augmentation.policy = .init(.randAugment)
    settings.augmentation.useTorchvisionPolicies()
    settings.augmentation.erasing = .init { $0.probability = 0.1 }
    settings.augmentation.mixing?.cutmixAlpha = 1
    return settings
  }()

  private static let autoAugmented: Augmentation = {
    var augmentation = Augmentation.resizedCropAndFlip
    augmentation.policy = .init(.autoAugmentImageNet)
    augmentation.useTorchvisionPolicies()
    return augmentation
  }()

  /// What the published schedules have in common: a warm-up from a hundredth of the learning rate, a cosine by epochs,
  /// and Mixup of neighbours in the batch.
  private static func apa(
    epochs: Int, batchSize: Int, learningRate: Double, weightDecay: Double, warmupEpochs: Int,
    augmentation: Augmentation
  ) -> TrainingSettings {
    var augmentation = augmentation
    augmentation.mixing = .init { ($0.mixupAlpha, $0.pairs) = (0.2, .rolled) }
    return TrainingSettings {
      ($0.length, $0.batchSize, $0.learningRate) = (.epochs(epochs), batchSize, learningRate)
      // The published warm-up reaches the full learning rate in the epoch after it.
      ($0.warmupEpochs, $0.schedule) = (Double(warmupEpochs + 1), .advancedCosine(warmupStart: 0.01))
      $0.optimizer = .sgd(weightDecay: weightDecay)
      $0.augmentation = augmentation
    }
  }
}

extension Augmentation {
  /// The policies of the published APA code are torchvision's: rotations in both directions, bilinear, with black fill.
  fileprivate mutating func useTorchvisionPolicies() {
    policy = policy?.with { ($0.rotatesInOneDirection, $0.interpolation, $0.fill) = (false, .bilinear, 0) }
  }
}
