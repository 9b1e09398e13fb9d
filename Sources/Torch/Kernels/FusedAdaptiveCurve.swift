import CLibTorch

/// The two-parameter activation of `AdaptiveCurveKernel` on a GPU: one launch forward, two backward, of which the second adds up what the
/// blocks of the first have left for the parameters.
///
/// Elements of any dense order in memory are read once each way. The parameters are read on the device, so the host never waits. Nothing is
/// recorded: who calls this keeps input and parameters and brings the backward pass.
package struct FusedAdaptiveCurve {
  private let input: Tensor
  private let lambda: Tensor
  private let kappa: Tensor
  private let form: AdaptiveCurveKernel.Form
  private let launcher: any KernelLauncher

  /// Nil where the kernels are not enabled or cannot take the tensors.
  package init?(_ input: Tensor, lambda: Tensor, kappa: Tensor, form: AdaptiveCurveKernel.Form) {
    guard let launcher = FusedKernels.launcher(for: .adaptiveCurve, on: input.device) else { return nil }
    self.init(input, lambda: lambda, kappa: kappa, form: form, launcher)
  }

  /// Nil where the kernels cannot take the tensors.
  package init?(
    _ input: Tensor, lambda: Tensor, kappa: Tensor, form: AdaptiveCurveKernel.Form, _ launcher: any KernelLauncher
  ) {
    guard input.dtype == .float32 || input.dtype == .bfloat16, input.elementCount > 0, input.isDense else { return nil }
    for parameter in [lambda, kappa] {
      // One of more axes than the input would give the result its axes.
      guard parameter.dtype == .float32, parameter.elementCount == 1, parameter.rank <= input.rank,
        parameter.device == input.device
      else { return nil }
    }
    self.input = input
    self.lambda = lambda
    self.kappa = kappa
    self.form = form
    self.launcher = launcher
  }

  /// The value, in the type and memory order of the input.
  package func value() throws -> Tensor {
    let output = try input.emptyLike(dtype: input.dtype)
    let vector = vector([input, output])
    // Nothing is added up, so there may be as many blocks as there is work for.
    let blocks = blocks(vector: vector, limit: 8 * launcher.tuning.applyingBlocks)
    try launch(
      "value_\(input.dtype)_\(vector)", blocks: blocks, threads: threads,
      [
        .tensor(output), .tensor(input), .tensor(lambda), .tensor(kappa), .int64(input.elementCount),
        .int32(Int(form.rawValue)),
      ])
    return output
  }

  /// The gradients of input, `lambda` and `kappa`, those that are asked for.
  package func gradients(_ incoming: Tensor) throws -> [Tensor?] {
    let incoming = try arranged(incoming)
    let result = try input.requiresGradient ? input.emptyLike(dtype: input.dtype) : nil
    let vector = vector([input, incoming] + [result].compactMap { $0 })
    let blocks = blocks(vector: vector, limit: 2 * launcher.tuning.applyingBlocks)
    let partials = try Tensor.empty([2, blocks], on: input.device)
    try launch(
      "gradient_\(input.dtype)_\(vector)", blocks: blocks, threads: threads,
      [
        .tensor(result), .tensor(partials), .tensor(incoming), .tensor(input), .tensor(lambda), .tensor(kappa),
        .int64(input.elementCount), .int32(Int(form.rawValue)),
      ])
    return try [result] + sums(partials, count: blocks)
  }

  private func sums(_ partials: Tensor, count: Int) throws -> [Tensor?] {
    let results = try [lambda, kappa].map {
      try $0.requiresGradient ? Tensor.empty($0.shape, on: input.device) : nil
    }
    if results.contains(where: { $0 != nil }) {
      try launch(
        "sums", blocks: 1, threads: threads,
        [.tensor(results[0]), .tensor(results[1]), .tensor(partials), .int32(count)])
    }
    return results
  }

  /// A gradient in the type and memory order of the input.
  private func arranged(_ gradient: Tensor) throws -> Tensor {
    if gradient.dtype == input.dtype, gradient.liesAs(input) { return gradient }
    let result = try input.emptyLike(dtype: input.dtype)
    try result.copy(from: gradient)
    return result
  }

  /// Whole warps.
  private var threads: Int { max(32, launcher.tuning.threads / 32 * 32) }

  /// Elements that a thread takes at once: as many as 16 bytes hold, where all addresses allow it.
  private func vector(_ tensors: [Tensor]) -> Int {
    let isAligned = tensors.allSatisfy { UInt(bitPattern: ct_tensor_data($0.handle)) % 16 == 0 }
    return isAligned ? 16 / input.dtype.byteCount : 1
  }

  private func blocks(vector: Int, limit: Int) -> Int {
    let vectors = (input.elementCount + vector - 1) / vector
    return min((vectors + threads - 1) / threads, limit)
  }

  private func launch(_ part: String, blocks: Int, threads: Int, _ arguments: [KernelArgument]) throws {
    try launcher.launch(
      "adaptive_curve_\(part)", of: .adaptiveCurve, on: input.device,
      shape: LaunchShape(grid: (blocks, 1), block: (threads, 1)), arguments)
  }
}

extension Tensor {
  /// Whether the elements lie without gaps and without overlap, in whatever order.
  var isDense: Bool {
    var distance = 1
    for (size, stride) in zip(shape, strides).filter({ $0.0 != 1 }).sorted(by: { $0.1 < $1.1 }) {
      guard stride == distance else { return false }
      distance *= size
    }
    return true
  }

  /// Whether the elements lie in the same order as another dense tensor's.
  func liesAs(_ other: Tensor) -> Bool {
    // Along an axis of one element there are no neighbours.
    let places = zip(shape, zip(strides, other.strides))
    return shape == other.shape && places.allSatisfy { size, strides in size == 1 || strides.0 == strides.1 }
  }
}
