import Torch

extension FusedKernels {
  /// Compares every kernel with its reference of tensor operations on a device, whether it is enabled or not. Do this once on each kind of
  /// device before kernels are enabled there.
  ///
  /// - Throws: `TorchError` where no kernel can be compiled or loaded. A kernel that fails by itself is among the
  ///   results.
  public static func agreements(on device: Device) throws -> [KernelAgreement] {
    try agreements(on: device, shapes: comparedShapes)
  }

  /// The same with other sizes of layers.
  package static func agreements(on device: Device, shapes: [[Int]]) throws -> [KernelAgreement] {
    try augmentationAgreements(on: device) + tensorAgreements(on: device, shapes: shapes)
  }

  private static func augmentationAgreements(on device: Device) throws -> [KernelAgreement] {
    let launcher = try launcher(forComparisonOn: device)
    return [
      Augmentation.none, .cropAndFlip, .cropAndFlip.with { $0.cutout = .init() },
      Augmentation {
        $0.flipProbability = 0.3
        $0.cutout = .init { ($0.size, $0.fill) = (7, .black) }
      },
    ].enumerated().flatMap { number, augmentation in
      [[32, 32], [5, 7]].flatMap { size in
        let comparison = AugmentationComparison(augmentation, height: size[0], width: size[1])
        return KernelAgreement.of("augmentation \(number)") {
          try comparison.run("augmentation \(number) at \(size)", on: device, launcher)
        }
      }
    }
  }
}

/// Compares the kernel of augmentation with the program of tensors.
package struct AugmentationComparison {
  package var augmentation: Augmentation
  package var height: Int
  package var width: Int
  package var batch = 95

  package init(_ augmentation: Augmentation, height: Int, width: Int) {
    self.augmentation = augmentation
    self.height = height
    self.width = width
  }

  /// The agreements: gathered and not, in both types.
  package func run(_ name: String, on device: Device, _ launcher: any KernelLauncher) throws -> [KernelAgreement] {
    var numbers = AgreementNumbers()
    let images = try numbers.bytes([batch + 30, height, width, 3], on: device)
    let indices = try numbers.integers(batch, below: batch + 30, on: device)
    let chosen = try images.entries(at: indices)
    let origin = AugmentationDraws.Origin(
      seed: 77, stream: 3, view: 1, step: try Tensor(scalar: 12345, on: device),
      places: try Tensor.range(0, batch, on: device))
    let expected = try augmentation.plainInputs(chosen, origin: origin, normalization: .cifar)
    guard var fused = FusedAugmentation(augmentation, launcher) else {
      throw TorchError.shape(function: name, expected: "changes that the kernel makes", actual: "\(augmentation)")
    }
    let gathered = try fused(images, at: indices, origin: origin, normalization: .cifar)
    let direct = try fused(chosen, at: nil, origin: origin, normalization: .cifar)
    fused.dtype = .bfloat16
    let short = try fused(images, at: indices, origin: origin, normalization: .cifar)
    return [
      try KernelAgreement(name + ": gathered", gathered, expected, limit: 0),
      try KernelAgreement(name + ": not gathered", direct, expected, limit: 0),
      try KernelAgreement(name + ": bfloat16", short, expected.to(.bfloat16), limit: 0),
    ]
  }
}
