import CLibTorch

/// Batch normalisation, addition of a residual and ReLU on a GPU, in two launches forward and two backward.
///
/// The first launch of each pass writes partial sums, the second merges them and reads the images once more. There are
/// no atomic additions, so results are deterministic. The backward pass needs the input, two numbers per channel, and
/// with a ReLU the output.
struct FusedBatchNormalization: Sendable {
  let settings: BatchNormalizationSettings
  private let launcher: any KernelLauncher

  init(_ settings: BatchNormalizationSettings, _ launcher: any KernelLauncher) {
    self.settings = settings
    self.launcher = launcher
  }

  /// The result; nil if the kernels do not accept the input.
  func callAsFunction(_ input: Tensor, adding residual: Tensor?) throws -> Tensor? {
    guard let layout = FusedBatchNormalizationLayout(input), layout.fits(residual), fits(settings, layout) else {
      return nil
    }
    guard settings.isTraining else { return try evaluated(input, layout, residual) }
    guard layout.rows > 1 else { return nil }
    let inputs = [input, settings.weight, settings.bias] + (residual.map { [$0] } ?? [])
    return try DifferentiableFunction(
      "fused batch normalisation", isTwiceDifferentiable: true, keeping: { try forward($0, layout) },
      backward: { try backward($0, $1, layout, hasResidual: residual != nil) })(inputs)[0]
  }

  private func fits(_ settings: BatchNormalizationSettings, _ layout: FusedBatchNormalizationLayout) -> Bool {
    [settings.weight, settings.bias, settings.runningMean, settings.runningVariance].allSatisfy {
      $0.dtype == .float32 && $0.shape == [layout.channels] && $0.isContiguous() && $0.device == layout.device
    }
  }

  /// Nil if gradients are required, which LibTorch's operations compute; frozen layers mostly need none.
  private func evaluated(_ input: Tensor, _ layout: FusedBatchNormalizationLayout, _ residual: Tensor?) throws
    -> Tensor?
  {
    let tensors = [input, settings.weight, settings.bias] + (residual.map { [$0] } ?? [])
    guard !gradientsAreRecorded || !tensors.contains(where: \.requiresGradient) else { return nil }
    let output = try layout.empty()
    let plan = FusedBatchNormalizationPlan(layout, launcher.tuning, [input, output] + [residual].compactMap { $0 })
    try launch(
      "by_running_values", plan, layout, parts: plan.applyingParts, memory: 0,
      [
        .tensor(output), .tensor(input), .tensor(residual), .tensor(settings.weight), .tensor(settings.bias),
        .tensor(settings.runningMean), .tensor(settings.runningVariance), .int64(layout.rows), .int32(layout.channels),
        .float(settings.epsilon), .int32(settings.rectifies ? 1 : 0),
      ])
    return output
  }

  private func forward(_ inputs: [Tensor], _ layout: FusedBatchNormalizationLayout) throws
    -> DifferentiableFunction.Results
  {
    let (input, residual) = (inputs[0], inputs.count > 3 ? inputs[3] : nil)
    let output = try layout.empty()
    let saved = try Tensor.empty([2, layout.channels], on: layout.device)
    let plan = FusedBatchNormalizationPlan(layout, launcher.tuning, [input, output] + [residual].compactMap { $0 })
    let partials = try Tensor.empty([plan.reducingParts, 2, layout.channels], on: layout.device)
    try launch(
      "statistics", plan, layout, parts: plan.reducingParts, memory: plan.blockMemory,
      [.tensor(partials), .tensor(input), .int64(layout.rows), .int32(layout.channels)])
    try launch(
      "by_batch", plan, layout, parts: plan.applyingParts, memory: plan.blockMemory,
      [
        .tensor(output), .tensor(saved), .tensor(input), .tensor(residual), .tensor(partials),
        .uint32(UInt32(plan.reducingParts)), .tensor(inputs[1]), .tensor(inputs[2]), .tensor(settings.runningMean),
        .tensor(settings.runningVariance), .int64(layout.rows), .int32(layout.channels), .float(settings.momentum),
        .float(1 - settings.momentum), .float(settings.epsilon), .int32(settings.rectifies ? 1 : 0),
      ])
    return DifferentiableFunction.Results(
      [output], saving: [input, inputs[1], inputs[2], saved], savesOutputs: settings.rectifies)
  }

  private func backward(
    _ gradients: [Tensor?], _ saved: [Tensor], _ layout: FusedBatchNormalizationLayout, hasResidual: Bool
  ) throws -> [Tensor?] {
    let output = saved.count > 4 ? saved[4] : nil
    guard let incoming = gradients[0] else { return Array(repeating: nil, count: hasResidual ? 4 : 3) }
    if gradientsAreRecorded {
      return try settings.recordedGradients(incoming, of: Array(saved[..<3]), output: output, hasResidual: hasResidual)
    }
    let gradient = try layout.arranged(incoming)
    let inputGradient = try layout.empty()
    // Without a ReLU the gradient of the residual is that of the output.
    let masked = hasResidual && output != nil ? try layout.empty() : nil
    let parameters = try (0..<2).map { _ in try Tensor.empty([layout.channels], on: layout.device) }
    let plan = FusedBatchNormalizationPlan(
      layout, launcher.tuning,
      [gradient, saved[0], inputGradient] + [output, masked].compactMap { $0 })
    let partials = try Tensor.empty([plan.reducingParts, 2, layout.channels], on: layout.device)
    try launch(
      "gradient_sums", plan, layout, parts: plan.reducingParts, memory: plan.blockMemory,
      [
        .tensor(partials), .tensor(gradient), .tensor(output), .tensor(saved[0]), .tensor(saved[3]),
        .int64(layout.rows), .int32(layout.channels),
      ])
    try launch(
      "input_gradients", plan, layout, parts: plan.applyingParts, memory: plan.blockMemory,
      [
        .tensor(inputGradient), .tensor(masked), .tensor(parameters[0]), .tensor(parameters[1]), .tensor(gradient),
        .tensor(output), .tensor(saved[0]), .tensor(saved[3]), .tensor(saved[1]), .tensor(partials),
        .uint32(UInt32(plan.reducingParts)), .int64(layout.rows), .int32(layout.channels),
      ])
    return [inputGradient, parameters[0], parameters[1]] + (hasResidual ? [masked ?? gradient] : [])
  }

  private func launch(
    _ part: String, _ plan: FusedBatchNormalizationPlan, _ layout: FusedBatchNormalizationLayout, parts: Int,
    memory: Int, _ arguments: [KernelArgument]
  ) throws {
    try launcher.launch(
      "batch_normalization_\(part)_\(layout.dtype)_\(plan.vector)", of: .batchNormalization, on: layout.device,
      shape: LaunchShape(grid: (plan.tiles, parts), block: plan.block, blockMemory: memory), arguments)
  }
}
