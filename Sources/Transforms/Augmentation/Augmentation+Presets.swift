extension Augmentation {
  /// No transform.
  public static let none = Augmentation()
  /// The usual crop and flip of CIFAR.
  public static let cropAndFlip = Augmentation { ($0.cropPadding, $0.flipProbability) = (4, 0.5) }
  /// Crop, flip, AutoAugment and a black Cutout of 16 pixels: the strong augmentation of published long-tail work on
  /// CIFAR, whose AutoAugment rotates one way and shears with bicubic interpolation.
  public static let strongCIFAR = cropAndFlip.with {
    $0.cutout = Cutout { $0.fill = .black }
    $0.policy = Policy(.autoAugmentCIFAR)
      .with { ($0.rotatesInOneDirection, $0.interpolation) = (true, .bicubicShear) }
  }
  /// A random resized crop of 8 percent of the area or more, and flip.
  public static let resizedCropAndFlip = Augmentation {
    ($0.resizedCrop, $0.flipProbability) = (ResizedCrop(), 0.5)
  }
  /// The augmentation of DeiT: resized crop, flip, varied RandAugment, random erasing, Mixup and CutMix.
  ///
  /// - Source: Training data-efficient image transformers & distillation through attention, ICML 2021.
  public static let deit = resizedCropAndFlip.with {
    $0.resizedCrop?.interpolation = .bicubic
    $0.policy = Policy(.variedRandAugment)
      .with { ($0.magnitudeNoise, $0.increases, $0.interpolation) = (0.5, true, .bicubic) }
    $0.erasing = Erasing()
    $0.mixing = Mixing { ($0.mixupAlpha, $0.cutmixAlpha) = (0.8, 1) }
  }
}
