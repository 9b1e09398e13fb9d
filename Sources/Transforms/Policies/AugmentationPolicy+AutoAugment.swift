extension AugmentationPolicy {
  /// One of 25 pairs of operations that were found by search on CIFAR-10.
  ///
  /// - Parameters:
  ///   - height: of the images, in pixels.
  ///   - width: of the images, in pixels.
  /// - Source: AutoAugment: Learning Augmentation Strategies from Data, CVPR 2019, the appendix's table for CIFAR-10; strengths as in
  ///   torchvision.
  public static func autoAugmentCIFAR(height: Int, width: Int) -> AugmentationPolicy {
    autoAugment(cifar, height: height, width: width)
  }

  /// One of 25 pairs of operations that were found by search on ImageNet.
  ///
  /// - Parameters:
  ///   - height: of the images, in pixels.
  ///   - width: of the images, in pixels.
  /// - Source: AutoAugment: Learning Augmentation Strategies from Data, CVPR 2019, the appendix's table for ImageNet; strengths as in
  ///   torchvision.
  public static func autoAugmentImageNet(height: Int, width: Int) -> AugmentationPolicy {
    autoAugment(imageNet, height: height, width: width)
  }

  private static func autoAugment(_ pairs: [[Published]], height: Int, width: Int) -> AugmentationPolicy {
    let usual = PolicyStep.usual(
      highest: 9, shear: 0.3, shift: (150.0 / 331 * Double(width), 150.0 / 331 * Double(height)), turn: 30, change: 0.9,
      bits: 4)
    let steps = Dictionary(uniqueKeysWithValues: (usual + [PolicyStep(.invert)]).map { ($0.operation, $0) })
    return AugmentationPolicy(
      alternatives: pairs.map { pair in
        pair.map { published in
          var step = steps[published.operation] ?? PolicyStep(published.operation)
          step.probability = published.probability
          step.level = published.level
          return step
        }
      }, level: .fixed(0))
  }

  /// An operation, how often it is applied, and its level of 0...9.
  private struct Published {
    let operation: PolicyOperation
    let probability: Double
    let level: Double

    init(_ operation: PolicyOperation, _ probability: Double, _ level: Double = 0) {
      self.operation = operation
      self.probability = probability
      self.level = level
    }
  }

  private static let cifar: [[Published]] = [
    [.init(.invert, 0.1), .init(.contrast, 0.2, 6)],
    [.init(.rotate, 0.7, 2), .init(.translateX, 0.3, 9)],
    [.init(.sharpness, 0.8, 1), .init(.sharpness, 0.9, 3)],
    [.init(.shearY, 0.5, 8), .init(.translateY, 0.7, 9)],
    [.init(.autoContrast, 0.5), .init(.equalize, 0.9)],
    [.init(.shearY, 0.2, 7), .init(.posterize, 0.3, 7)],
    [.init(.saturation, 0.4, 3), .init(.brightness, 0.6, 7)],
    [.init(.sharpness, 0.3, 9), .init(.brightness, 0.7, 9)],
    [.init(.equalize, 0.6), .init(.equalize, 0.5)],
    [.init(.contrast, 0.6, 7), .init(.sharpness, 0.6, 5)],
    [.init(.saturation, 0.7, 7), .init(.translateX, 0.5, 8)],
    [.init(.equalize, 0.3), .init(.autoContrast, 0.4)],
    [.init(.translateY, 0.4, 3), .init(.sharpness, 0.2, 6)],
    [.init(.brightness, 0.9, 6), .init(.saturation, 0.2, 8)],
    [.init(.solarize, 0.5, 2), .init(.invert, 0)],
    [.init(.equalize, 0.2), .init(.autoContrast, 0.6)],
    [.init(.equalize, 0.2), .init(.equalize, 0.6)],
    [.init(.saturation, 0.9, 9), .init(.equalize, 0.6)],
    [.init(.autoContrast, 0.8), .init(.solarize, 0.2, 8)],
    [.init(.brightness, 0.1, 3), .init(.saturation, 0.7, 0)],
    [.init(.solarize, 0.4, 5), .init(.autoContrast, 0.9)],
    [.init(.translateY, 0.9, 9), .init(.translateY, 0.7, 9)],
    [.init(.autoContrast, 0.9), .init(.solarize, 0.8, 3)],
    [.init(.equalize, 0.8), .init(.invert, 0.1)],
    [.init(.translateY, 0.7, 9), .init(.autoContrast, 0.9)],
  ]

  private static let imageNet: [[Published]] = [
    [.init(.posterize, 0.4, 8), .init(.rotate, 0.6, 9)],
    [.init(.solarize, 0.6, 5), .init(.autoContrast, 0.6)],
    [.init(.equalize, 0.8), .init(.equalize, 0.6)],
    [.init(.posterize, 0.6, 7), .init(.posterize, 0.6, 6)],
    [.init(.equalize, 0.4), .init(.solarize, 0.2, 4)],
    [.init(.equalize, 0.4), .init(.rotate, 0.8, 8)],
    [.init(.solarize, 0.6, 3), .init(.equalize, 0.6)],
    [.init(.posterize, 0.8, 5), .init(.equalize, 1)],
    [.init(.rotate, 0.2, 3), .init(.solarize, 0.6, 8)],
    [.init(.equalize, 0.6), .init(.posterize, 0.4, 6)],
    [.init(.rotate, 0.8, 8), .init(.saturation, 0.4, 0)],
    [.init(.rotate, 0.4, 9), .init(.equalize, 0.6)],
    [.init(.equalize, 0), .init(.equalize, 0.8)],
    [.init(.invert, 0.6), .init(.equalize, 1)],
    [.init(.saturation, 0.6, 4), .init(.contrast, 1, 8)],
    [.init(.rotate, 0.8, 8), .init(.saturation, 1, 2)],
    [.init(.saturation, 0.8, 8), .init(.solarize, 0.8, 7)],
    [.init(.sharpness, 0.4, 7), .init(.invert, 0.6)],
    [.init(.shearX, 0.6, 5), .init(.equalize, 1)],
    [.init(.saturation, 0.4, 0), .init(.equalize, 0.6)],
    [.init(.equalize, 0.4), .init(.solarize, 0.2, 4)],
    [.init(.solarize, 0.6, 5), .init(.autoContrast, 0.6)],
    [.init(.invert, 0.6), .init(.equalize, 1)],
    [.init(.saturation, 0.6, 4), .init(.contrast, 1, 8)],
    [.init(.equalize, 0.8), .init(.equalize, 0.6)],
  ]
}
