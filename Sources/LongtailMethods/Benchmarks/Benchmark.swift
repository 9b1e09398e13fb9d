import ModelTraining
import NeuralNetworks
import Transforms

/// Data and network that methods have recipes for, with the preset that each method starts from.
public enum Benchmark: String, Sendable, CaseIterable {
  /// CIFAR-100-LT with ResNet-32.
  case cifar100LT = "cifar100-lt"
  /// CIFAR-10-LT with ResNet-32.
  case cifar10LT = "cifar10-lt"
  /// CIFAR-100-LT with the longer schedule of the Balanced Meta-Softmax paper.
  case cifar100LTBalms = "cifar100-lt/balms"
  /// ImageNet-LT with ResNet-10.
  case imageNetLT = "imagenet-lt"
  /// ImageNet-LT with ResNeXt-50.
  case imageNetLTResNeXt50 = "imagenet-lt/resnext50"
  /// Places-LT with ResNet-152.
  case placesLT = "places-lt"
  /// iNaturalist 2018 with ResNet-50.
  case iNaturalist2018 = "inaturalist2018"
  /// The synthetic images with ResNet-20.
  case synthetic
  /// A folder, list or table of the user's own.
  case own

  /// The data set, with the network or schedule where there are several.
  public var title: String {
    switch self {
    case .cifar100LT: "CIFAR-100-LT"
    case .cifar10LT: "CIFAR-10-LT"
    case .cifar100LTBalms: "CIFAR-100-LT, longer schedule"
    case .imageNetLT: "ImageNet-LT"
    case .imageNetLTResNeXt50: "ImageNet-LT, ResNeXt-50"
    case .placesLT: "Places-LT"
    case .iNaturalist2018: "iNaturalist 2018"
    case .synthetic: "synthetic images"
    case .own: "images of your own"
    }
  }

  /// Data and network, in one line.
  public var summary: String {
    switch self {
    case .cifar100LT: "ResNet-32 on CIFAR-100-LT, factor 100"
    case .cifar10LT: "ResNet-32 on CIFAR-10-LT, factor 100"
    case .cifar100LTBalms: "the longer schedule of the Balanced Meta-Softmax paper, factor 100"
    case .imageNetLT: "ResNet-10 on ImageNet-LT, 224 pixels"
    case .imageNetLTResNeXt50: "ResNeXt-50 on ImageNet-LT, 224 pixels"
    case .placesLT: "ResNet-152 on Places-LT, from ImageNet weights that --weights gives"
    case .iNaturalist2018: "ResNet-50 on iNaturalist 2018, 224 pixels"
    case .synthetic: "ResNet-20 on the synthetic images"
    case .own: "a folder, list or table of your own; network, resolution and length follow from it"
    }
  }

  /// Whether variants of methods have recipes for it: the benchmarks on which methods are compared.
  var hasVariants: Bool { self == .cifar100LT || self == .cifar10LT }

  /// Gives a method the network, input and schedule of the benchmark.
  func prepare(_ method: inout some Method) {
    switch self {
    case .cifar100LT, .cifar10LT: method.data.imbalanceFactor = 100
    case .cifar100LTBalms:
      method.data.imbalanceFactor = 100
      method.adopt(.balms)
      // The published classifier is a plain layer of the framework; cosine heads are those of other methods.
      if method.model.head != .cosine { method.model.headInitialization = .uniform }
    case .imageNetLT: useLargeImages("resnet10", .imageNetLT, in: &method)
    case .imageNetLTResNeXt50: useLargeImages("resnext50_32x4d", .imageNetLT, in: &method)
    case .placesLT:
      useLargeImages("resnet152", .placesLT, in: &method)
      method.model.trainedParts = ["layer4", ParameterSelection.head]
    case .iNaturalist2018:
      useLargeImages("resnet50", .iNaturalist, in: &method)
      method.model.normalization = .iNaturalist
    case .synthetic:
      method.model.backbone = "resnet20"
      method.model.normalization = Normalization(mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25])
      method.adopt(.synthetic)
    case .own:
      method.model.inputSize = 64
      method.model.normalization = .imageNet
      method.adopt(.own)
    }
  }

  /// Inputs of 224 pixels: shorter edges resized to 256, the centre cropped.
  private func useLargeImages(_ backbone: String, _ training: TrainingSettings, in method: inout some Method) {
    method.model.backbone = backbone
    method.model.inputSize = 224
    method.model.shorterEdge = 256
    method.model.normalization = .imageNet
    method.adopt(training)
  }
}
