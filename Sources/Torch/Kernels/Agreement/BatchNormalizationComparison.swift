/// Compares the kernels of batch normalisation with LibTorch's operations.
package struct BatchNormalizationComparison {
  /// `[batch, channels, height, width]`
  package var shape: [Int]
  package var dtype = DType.float32
  package var hasResidual = false
  package var rectifies = false
  package var isTraining = true
  /// The precision of the reference.
  package var reference = DType.float32
  /// The largest distance of a channel's mean from 0, in standard deviations.
  package var distance = 1.0

  package init(_ shape: [Int], setting others: (inout BatchNormalizationComparison) -> Void = { _ in }) {
    self.shape = shape
    others(&self)
  }

  /// The name of the comparison.
  package var name: String {
    "batch normalisation \(dtype)\(shape)" + (hasResidual ? " + residual" : "") + (rectifies ? " + ReLU" : "")
      + (isTraining ? "" : ", evaluation")
  }

  /// One pass.
  private struct Pass {
    let inputs: [Tensor]
    let settings: BatchNormalizationSettings
    let output: Tensor

    /// Gradients of input, weight, bias and residual.
    func gradients(_ weights: Tensor) throws -> [Tensor?] {
      try Torch.gradients(of: [output], withRespectTo: inputs, weights: [weights.to(output.dtype)])
    }
  }

  /// Compares output, running statistics and gradients.
  package func run(on device: Device, _ launcher: any KernelLauncher) throws -> [KernelAgreement] {
    var numbers = AgreementNumbers()
    let spread = try numbers.uniform([1, shape[1], 1, 1], -distance...distance, on: device)
    let input = try (numbers.uniform(shape, -1...1, on: device) + spread).to(dtype)
    let residual = try hasResidual ? numbers.uniform(shape, -1...1, dtype: dtype, on: device) : nil
    let parameters = try [0.5...1.5, -0.5...0.5, -1...1, 0.5...2].map {
      try numbers.uniform([shape[1]], $0, on: device)
    }
    let plain = try pass(input, residual, parameters, reference) {
      try $0.plainlyBatchNormalized($1, adding: $2)
    }
    // Near 0 the mask of a ReLU may differ between precisions; the incoming gradient is made small there.
    var linear = self
    linear.rectifies = false
    let unrectified = try linear.pass(input, residual, parameters, reference) {
      try $0.plainlyBatchNormalized($1, adding: $2)
    }
    let weights = try unrectified.output.detached() * numbers.uniform(shape, 0.5...1, on: device).to(reference)
    let rounded = try weights.to(dtype).to(reference)
    let fused = try pass(input, residual, parameters, nil) { input, settings, residual in
      guard let result = try FusedBatchNormalization(settings, launcher)(input, adding: residual) else {
        throw TorchError.shape(function: name, expected: "an input that the kernels take", actual: input.summary)
      }
      return result
    }
    return try compared(fused, plain, rounded)
  }

  private func compared(_ fused: Pass, _ plain: Pass, _ weights: Tensor) throws -> [KernelAgreement] {
    // Sums of the reference in float32 have errors too.
    let slack = reference == .float64 ? 1.0 : 10
    let limit = dtype == .bfloat16 ? 0x1p-8 : 1e-5 * slack
    var results = [try KernelAgreement(name + ": output", fused.output, plain.output, limit: limit)]
    guard isTraining else { return results }
    let (mean, variance) = (fused.settings.runningMean, fused.settings.runningVariance)
    results += [
      try KernelAgreement(name + ": running mean", mean, plain.settings.runningMean, limit: 1e-6 * slack),
      try KernelAgreement(name + ": running variance", variance, plain.settings.runningVariance, limit: 1e-6 * slack),
    ]
    let gradients = zip(try fused.gradients(weights), try plain.gradients(weights))
    for (part, (actual, expected)) in zip(["input", "weight", "bias", "residual"], gradients) {
      results.append(
        // Sums are float32 for both types.
        try KernelAgreement(
          "\(name): gradient of the \(part)", actual, expected,
          limit: part == "weight" || part == "bias" ? 2e-5 * slack : limit))
    }
    return results
  }

  private func pass(
    _ input: Tensor, _ residual: Tensor?, _ parameters: [Tensor], _ precision: DType?,
    _ body: (Tensor, BatchNormalizationSettings, Tensor?) throws -> Tensor
  ) throws -> Pass {
    func leaf(_ tensor: Tensor) throws -> Tensor {
      try tensor.to(precision ?? tensor.dtype).clone().requiringGradient(isTraining)
    }
    let parameters = try parameters.enumerated().map { index, tensor in
      try index < 2 ? leaf(tensor) : tensor.to(precision ?? .float32).clone()
    }
    let settings = BatchNormalizationSettings(
      weight: parameters[0], bias: parameters[1], runningMean: parameters[2], runningVariance: parameters[3],
      isTraining: isTraining, momentum: 0.1, epsilon: 1e-5, rectifies: rectifies)
    let images = try leaf(input.contiguous(.channelsLast))
    let added = try residual.map { try leaf($0.contiguous(.channelsLast)) }
    return Pass(
      inputs: [images, parameters[0], parameters[1]] + (added.map { [$0] } ?? []), settings: settings,
      output: try body(images, settings, added))
  }
}
