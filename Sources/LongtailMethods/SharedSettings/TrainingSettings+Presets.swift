import ModelTraining
import Transforms

extension TrainingSettings {
  /// The schedule of the LDAM-DRW family on CIFAR: 200 epochs of 128 images, learning rate 0.1 after 5 epochs of
  /// warm-up, a hundredth of it from epoch 160 and a ten-thousandth from 180, weight decay 2e-4, crop and flip.
  public static let cifar = TrainingSettings {
    $0.warmupEpochs = 5
    $0.schedule = .steps(at: [160, 180], [0.01, 0.0001])
    $0.optimizer = .sgd(weightDecay: 2e-4)
    $0.augmentation = .cropAndFlip
  }

  /// The longer schedule of the Balanced Meta-Softmax paper on CIFAR-100-LT at factor 100: 591 epochs, of which 37 are
  /// warm-up.
  public static let balms = balms(imageCount: 10_847)
  /// The same on CIFAR-10-LT at factor 100: 520 epochs, of which 32 are warm-up.
  public static let balmsCIFAR10 = balms(imageCount: 12_406)

  /// The longer schedule of the Balanced Meta-Softmax paper on CIFAR: 13,000 steps of 512 images, learning rate 0.05
  /// rising to 0.1 over 800 steps, then a cosine to 0, weight decay 5e-4, crop, flip, AutoAugment and Cutout. As in the
  /// published code steps are counted in whole epochs, rounded up.
  ///
  /// - Parameter imageCount: training images.
  /// - Source: the published code of Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020.
  public static func balms(imageCount: Int) -> TrainingSettings {
    func ceiling(_ count: Int, over divisor: Int) -> Int { max(1, (count + divisor - 1) / divisor) }
    let stepsPerEpoch = ceiling(max(1, imageCount), over: 512)
    return TrainingSettings {
      ($0.length, $0.batchSize) = (.epochs(ceiling(13_000, over: stepsPerEpoch)), 512)
      $0.warmupEpochs = Double(ceiling(800, over: stepsPerEpoch))
      $0.schedule = .advancedCosine(warmupStart: 0.5)
      $0.optimizer = .sgd(weightDecay: 5e-4)
      $0.augmentation = .strongCIFAR
      // The published loop ends an epoch after its whole batches, though it counts its length by all of them.
      $0.dropsLastBatch = true
    }
  }

  /// A short schedule for the synthetic images.
  public static let synthetic = TrainingSettings {
    ($0.length, $0.batchSize, $0.warmupEpochs) = (.epochs(30), 64, 2)
    $0.optimizer = .sgd(weightDecay: 5e-4, nesterov: true)
    $0.augmentation = Augmentation { $0.cropPadding = 2 }
  }

  /// The schedule of ImageNet-LT: 90 epochs of 512 images, learning rate 0.2 with a cosine to 0, weight decay 5e-4,
  /// resized crops, flip, and jitter of brightness, contrast and saturation.
  ///
  /// - Source: Balanced Meta-Softmax, NeurIPS 2020, and its published code; Decoupling, ICLR 2020.
  public static let imageNetLT = TrainingSettings {
    ($0.length, $0.batchSize, $0.learningRate) = (.epochs(90), 512, 0.2)
    $0.optimizer = .sgd(weightDecay: 5e-4)
    $0.augmentation = .resizedCropAndFlip
    $0.augmentation.jitter = .init { ($0.brightness, $0.contrast, $0.saturation) = (0.4, 0.4, 0.4) }
  }

  /// The schedule of Places-LT, from ImageNet weights: 30 epochs of 512 images, a cosine to 0; learning rate 0.1 for
  /// the classifier, which starts from scratch, and 0.001 for the features.
  ///
  /// - Source: Decoupling, ICLR 2020, section 5.1, and the answers in its code base; for the learning rates, which
  ///   these leave out, the published code of Large-Scale Long-Tailed Recognition in an Open World, CVPR 2019.
  public static let placesLT = imageNetLT.with {
    $0.length = .epochs(30)
    ($0.learningRate, $0.backboneLearningRateMultiplier) = (0.1, 0.01)
  }

  /// The schedule of iNaturalist 2018: 90 epochs of 512 images, learning rate 0.2 with a cosine to 0, weight decay
  /// 1e-4, resized crops and flip.
  ///
  /// - Source: Decoupling, ICLR 2020, section 5.1.
  public static let iNaturalist = imageNetLT.with {
    $0.optimizer = .sgd(weightDecay: 1e-4)
    $0.augmentation = .resizedCropAndFlip
  }

  /// A general schedule for images of your own: 90 epochs of 64 images, learning rate 0.05 with a cosine to 0, weight
  /// decay 5e-4.
  public static let own = TrainingSettings {
    ($0.length, $0.batchSize, $0.learningRate, $0.warmupEpochs) = (.epochs(90), 64, 0.05, 5)
    $0.optimizer = .sgd(weightDecay: 5e-4, nesterov: true)
    $0.augmentation = Augmentation { ($0.cropPadding, $0.flipProbability) = (8, 0.5) }
  }

  /// A short training of a classifier over fixed features, with classes equally likely: 10 epochs, a cosine to 0,
  /// everything else as in the given training.
  ///
  /// - Source: Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020, section 5.1.
  public static func classifier(after features: TrainingSettings) -> TrainingSettings {
    features.with {
      ($0.length, $0.sampler) = (.epochs(10), .classBalanced)
      ($0.warmupEpochs, $0.schedule) = (0, .cosine)
      $0.backboneLearningRateMultiplier = 1
    }
  }
}
