import CLibTorch

/// Batch normalisation with the addition and the ReLU behind it on the processor: float32 pictures in channels-last order.
///
/// The input is read twice and the output written once; the engine's operations pass over the activation three to five times. The gradient of a
/// ReLU without a residual is masked by what is computed from the input again, so that the output is not read.
struct ProcessorBatchNormalization {
  private let settings: BatchNormalizationSettings

  init(_ settings: BatchNormalizationSettings) { self.settings = settings }

  /// Whether the kernels are wanted and take these pictures.
  static func fits(_ input: Tensor, adding residual: Tensor?) -> Bool {
    ProcessorKernels.areEnabled && input.device == .cpu && input.dtype == .float32
      && ct_batch_normalization_fits(input.handle, residual?.handle)
  }

  /// Applies the layer.
  func callAsFunction(_ input: Tensor, adding residual: Tensor?) throws -> Tensor {
    let hasResidual = residual != nil
    // In evaluation the running values are constants, for which the backward below is not made.
    guard settings.isTraining || !gradientsAreRecorded else {
      return try input.plainlyBatchNormalized(settings, adding: residual)
    }
    let settings = settings
    let function = DifferentiableFunction(
      "batch normalisation on the processor", isTwiceDifferentiable: false,
      forward: { inputs in
        try Self.forward(inputs[0], adding: hasResidual ? inputs[3] : nil, settings)
      },
      backward: { gradients, saved in
        guard let upstream = gradients[0] else { return saved.map { _ in nil }.dropLast(3) }
        return try Self.backward(upstream, saved, settings, hasResidual: hasResidual)
      })
    return try function([input, settings.weight, settings.bias] + (residual.map { [$0] } ?? []))[0]
  }

  /// Output, mean and inverse standard deviation.
  private static func forward(
    _ input: Tensor, adding residual: Tensor?, _ settings: BatchNormalizationSettings
  ) throws -> [Tensor] {
    var results = [OpaquePointer?](repeating: nil, count: 3)
    try Engine.check(
      ct_batch_normalization_forward(
        input.handle, residual?.handle, settings.weight.handle, settings.bias.handle, settings.runningMean.handle,
        settings.runningVariance.handle, settings.isTraining, settings.momentum, settings.epsilon, settings.rectifies,
        &results), "batch normalisation of \(input.summary)")
    return results.compactMap { $0.map(Tensor.init(owning:)) }
  }

  /// The gradients of input, weight, bias and residual; `saved` are these, then output, mean and inverse standard deviation.
  private static func backward(
    _ upstream: Tensor, _ saved: [Tensor], _ settings: BatchNormalizationSettings, hasResidual: Bool
  ) throws -> [Tensor?] {
    let outputs = saved.suffix(3)
    let first = outputs.startIndex
    var results = [OpaquePointer?](repeating: nil, count: 4)
    try Engine.check(
      ct_batch_normalization_backward(
        upstream.handle, saved[0].handle, saved[1].handle, saved[2].handle, outputs[first].handle,
        outputs[first + 1].handle, outputs[first + 2].handle, settings.rectifies, hasResidual, &results),
      "gradient of batch normalisation of \(saved[0].summary)")
    return results.prefix(hasResidual ? 4 : 3).map { $0.map(Tensor.init(owning:)) }
  }
}
