/// The words of `Philox4x32` from one GPU kernel.
struct FusedRandomWords {
  private let launcher: any KernelLauncher
  private let device: Device

  /// Nil if the kernel is not enabled.
  init?(for device: Device) {
    guard let launcher = FusedKernels.launcher(for: .randomWords, on: device) else { return nil }
    self.init(launcher, on: device)
  }

  init(_ launcher: any KernelLauncher, on device: Device) {
    self.launcher = launcher
    self.device = device
  }

  /// Four int64 tensors of a shape: `[count]` for sample `i` and draw `i`, or `[draws, samples]` for all pairs.
  func callAsFunction(_ generator: Philox4x32, step: Tensor, samples: Tensor, draws: Tensor, shape: [Int]) throws
    -> [Tensor]
  {
    let count = shape.reduce(1, *)
    let words = try Tensor.empty([4] + shape, dtype: .int64, on: device)
    if count > 0 {
      let threads = launcher.tuning.threads
      let blocks = min((count + threads - 1) / threads, 8 * launcher.tuning.applyingBlocks)
      try launcher.launch(
        "philox_words", of: .randomWords, on: device,
        shape: LaunchShape(grid: (blocks, 1), block: (threads, 1)),
        [
          .tensor(words), .tensor(integers(step, count: 1)),
          .tensor(integers(samples, count: shape.count == 2 ? shape[1] : count)),
          .tensor(integers(draws, count: shape[0])), .int64(count), .int64(shape.count == 2 ? shape[1] : 0),
          .uint32(generator.key0), .uint32(generator.key1),
        ])
    }
    return try (0..<4).map { try words.selected(axis: 0, index: $0) }
  }

  /// Checks the number of elements, because the kernel does not check bounds.
  private func integers(_ tensor: Tensor, count: Int) throws -> Tensor {
    guard tensor.elementCount == count, tensor.device == device else {
      throw TorchError.shape(
        function: "random words", expected: "\(count) integers on \(device)", actual: tensor.summary)
    }
    return try tensor.to(.int64).contiguous()
  }
}
