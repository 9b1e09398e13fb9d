import Torch

/// One kernel that gathers, crops, flips, applies Cutout and normalises a batch, with the random draws.
struct FusedAugmentation {
  private let augmentation: Augmentation
  private let launcher: any KernelLauncher
  /// The type of the network's inputs, float32 or bfloat16.
  var dtype = DType.float32

  /// Nil where the augmentation has transforms that the kernel lacks, or the kernel is not enabled.
  init?(_ augmentation: Augmentation, on device: Device) {
    guard let launcher = FusedKernels.launcher(for: .augmentation, on: device) else { return nil }
    self.init(augmentation, launcher)
  }

  init?(_ augmentation: Augmentation, _ launcher: any KernelLauncher) {
    guard Self.canMake(augmentation) else { return nil }
    self.augmentation = augmentation
    self.launcher = launcher
  }

  /// Whether the augmentation has only transforms of the kernel; pairs are mixed later.
  static func canMake(_ augmentation: Augmentation) -> Bool {
    // A property that is added later counts as one that the kernel does not support.
    let known = Augmentation {
      ($0.cropPadding, $0.flipProbability) = (augmentation.cropPadding, augmentation.flipProbability)
      ($0.cutout, $0.mixing) = (augmentation.cutout, augmentation.mixing)
    }
    return augmentation == known
  }

  /// Network inputs from images, or nil where the kernel cannot take them.
  ///
  /// - Parameters:
  ///   - images: uint8 `[count, height, width, 3]`.
  ///   - indices: which of them, int64 `[batch]`; nil for all in order.
  ///   - origin: the position of the batch in the run.
  ///   - normalization: mean and standard deviation of the inputs.
  func callAsFunction(
    _ images: Tensor, at indices: Tensor?, origin: AugmentationDraws.Origin, normalization: Normalization
  ) throws -> Tensor? {
    let shape = images.shape
    let batch = origin.places.elementCount
    guard fits(images, shape), (1...65535).contains(batch), (indices?.elementCount ?? shape[0]) == batch else {
      return nil
    }
    for tensor in [indices, origin.places, origin.step].compactMap({ $0 }) {
      guard tensor.dtype == .int64, tensor.isContiguous(), tensor.device == images.device else { return nil }
    }
    let inputs = try Tensor.empty(
      [batch, 3, shape[1], shape[2]], dtype: dtype, on: images.device, format: .channelsLast)
    let generator = Philox4x32(seed: origin.seed, purpose: .augmentation)
    let threads = launcher.tuning.threads
    // A thread makes four levels.
    let levels = shape[1] * shape[2] * 3
    try launcher.launch(
      "augment_images_\(dtype)", of: .augmentation, on: images.device,
      shape: LaunchShape(grid: ((levels + 4 * threads - 1) / (4 * threads), batch), block: (threads, 1)),
      [
        .tensor(inputs), .tensor(images), .tensor(indices), .tensor(origin.places), .tensor(origin.step),
        .fields(changes(height: shape[1], width: shape[2], normalization)), .int64(origin.view << 48),
        .uint32(UInt32(truncatingIfNeeded: origin.stream << 8)), .uint32(generator.key0), .uint32(generator.key1),
      ])
    return inputs
  }

  private func fits(_ images: Tensor, _ shape: [Int]) -> Bool {
    images.dtype == .uint8 && shape.count == 4 && shape[3] == 3 && images.elementCount > 0
      && images.isContiguous() && shape[1] * shape[2] * 3 <= 1 << 30
  }

  /// The fields of `ImageChanges` in `augmentation.cu`.
  private func changes(height: Int, width: Int, _ normalization: Normalization) -> [UInt32] {
    let numbers = [
      height, width, augmentation.cropPadding, augmentation.cutout?.size ?? 0,
      augmentation.cutout?.fill == .black ? 1 : 0,
    ]
    let levels = (normalization.mean + normalization.standardDeviation).map { Float($0 * 255) }
    return numbers.map { UInt32(truncatingIfNeeded: $0) }
      + ([Float(augmentation.flipProbability)] + levels).map(\.bitPattern)
  }
}
