import CLibTorch

/// Batch normalisation, addition of a residual and ReLU on the CPU, for float32 channels-last images.
///
/// The kernel reads the input twice and writes the output once; LibTorch's operations pass over the feature map three
/// to five times. Without a residual the mask of the ReLU is recomputed from the input, so that the output is not read.
struct ProcessorBatchNormalization {
  private let settings: BatchNormalizationSettings

  init(_ settings: BatchNormalizationSettings) { self.settings = settings }

  /// Whether the kernels are enabled and accept these images.
  static func fits(_ input: Tensor, adding residual: Tensor?, isTraining: Bool) -> Bool {
    ProcessorKernels.areEnabled && input.device == .cpu && input.dtype == .float32
      && ct_batch_normalization_fits(input.handle, residual?.handle, isTraining)
  }

  /// Applies the layer.
  func callAsFunction(_ input: Tensor, adding residual: Tensor?) throws -> Tensor {
    let (settings, hasResidual) = (settings, residual != nil)
    let inputs = [input, settings.weight, settings.bias] + (residual.map { [$0] } ?? [])
    guard settings.isTraining else {
      // The backward pass below is that of batch statistics.
      guard !gradientsAreRecorded || !inputs.contains(where: \.requiresGradient) else {
        return try input.plainlyBatchNormalized(settings, adding: residual)
      }
      return try Self.forward(inputs, settings)[0]
    }
    let function = DifferentiableFunction(
      "batch normalisation on the processor", isTwiceDifferentiable: true,
      keeping: { inputs in
        let results = try Self.forward(inputs, settings)
        return DifferentiableFunction.Results(
          [results[0]], saving: Array(inputs[..<3]) + Array(results[1...]),
          savesOutputs: settings.rectifies && hasResidual)
      }, backward: { try Self.backward($0[0], $1, settings, hasResidual: hasResidual) })
    return try function(inputs)[0]
  }

  /// Output, mean and inverse standard deviation.
  private static func forward(_ inputs: [Tensor], _ settings: BatchNormalizationSettings) throws -> [Tensor] {
    var results = [OpaquePointer?](repeating: nil, count: 3)
    let residual = inputs.count > 3 ? inputs[3] : nil
    try Engine.check(
      ct_batch_normalization_forward(
        inputs[0].handle, residual?.handle, settings.weight.handle, settings.bias.handle, settings.runningMean.handle,
        settings.runningVariance.handle, settings.isTraining, settings.momentum, settings.epsilon, settings.rectifies,
        &results), "batch normalisation of \(inputs[0].summary)")
    return results.compactMap { $0.map(Tensor.init(owning:)) }
  }

  /// The gradients of input, weight, bias and residual. `saved` holds input, weight, bias, mean, inverse standard
  /// deviation and, for a ReLU after a residual, the output.
  private static func backward(
    _ incoming: Tensor?, _ saved: [Tensor], _ settings: BatchNormalizationSettings, hasResidual: Bool
  ) throws -> [Tensor?] {
    guard let incoming else { return Array(repeating: nil, count: hasResidual ? 4 : 3) }
    if gradientsAreRecorded {
      return try recordedGradients(incoming, saved, settings, hasResidual: hasResidual)
    }
    var results = [OpaquePointer?](repeating: nil, count: 4)
    try Engine.check(
      ct_batch_normalization_backward(
        incoming.handle, saved[0].handle, saved[1].handle, saved[2].handle, saved.count > 5 ? saved[5].handle : nil,
        saved[3].handle, saved[4].handle, settings.rectifies, hasResidual, &results),
      "gradient of batch normalisation of \(saved[0].summary)")
    return results.prefix(hasResidual ? 4 : 3).map { $0.map(Tensor.init(owning:)) }
  }

  /// Gradients that can be differentiated again; the mask of the ReLU is recomputed if the output was not saved.
  private static func recordedGradients(
    _ incoming: Tensor, _ saved: [Tensor], _ settings: BatchNormalizationSettings, hasResidual: Bool
  ) throws -> [Tensor?] {
    var output = saved.count > 5 ? saved[5] : nil
    if settings.rectifies, output == nil {
      var frozen = settings
      frozen.momentum = 0
      output = try withoutGradients { try saved[0].plainlyBatchNormalized(frozen, adding: nil) }
    }
    return try settings.recordedGradients(incoming, of: Array(saved[..<3]), output: output, hasResidual: hasResidual)
  }
}
