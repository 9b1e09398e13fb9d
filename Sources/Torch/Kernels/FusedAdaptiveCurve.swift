import CLibTorch

/// The activation of `AdaptiveCurveKernel` on a GPU: one launch forward, two backward, of which the second sums the
/// partial gradients of the parameters from the blocks of the first.
///
/// Tensors of any dense memory format are read once in each direction. The parameters are read on the device, without
/// host synchronisation. Operations are not recorded for autograd: the caller saves input and parameters.
package struct FusedAdaptiveCurve {
  private let input: Tensor
  private let lambda: Tensor
  private let kappa: Tensor
  private let form: AdaptiveCurveKernel.Form
  private let launcher: any KernelLauncher

  /// Nil if the kernels are not enabled or do not accept the tensors.
  package init?(_ input: Tensor, lambda: Tensor, kappa: Tensor, form: AdaptiveCurveKernel.Form) {
    guard let launcher = FusedKernels.launcher(for: .adaptiveCurve, on: input.device) else { return nil }
    self.init(input, lambda: lambda, kappa: kappa, form: form, launcher)
  }

  /// Nil if the kernels do not accept the tensors.
  package init?(
    _ input: Tensor, lambda: Tensor, kappa: Tensor, form: AdaptiveCurveKernel.Form, _ launcher: any KernelLauncher
  ) {
    guard input.dtype == .float32 || input.dtype == .bfloat16, input.elementCount > 0, input.isDense else { return nil }
    for parameter in [lambda, kappa] {
      // A parameter with more axes than the input would broadcast the result.
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

  /// The value, in the type and memory format of the input.
  package func value() throws -> Tensor {
    let output = try input.emptyLike(dtype: input.dtype)
    let vector = vector([input, output])
    // There is no reduction, so the number of blocks is not limited by partial sums.
    let blocks = blocks(vector: vector, limit: 8 * launcher.tuning.applyingBlocks)
    try launch(
      "value_\(input.dtype)_\(vector)", blocks: blocks, threads: threads,
      [
        .tensor(output), .tensor(input), .tensor(lambda), .tensor(kappa), .int64(input.elementCount),
        .int32(Int(form.rawValue)),
      ])
    return output
  }

  /// The gradients of input, `lambda` and `kappa`; nil for those that are not required.
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

  /// A gradient in the type and memory format of the input.
  private func arranged(_ gradient: Tensor) throws -> Tensor {
    if gradient.dtype == input.dtype, gradient.hasLayout(of: input) { return gradient }
    let result = try input.emptyLike(dtype: input.dtype)
    try result.copy(from: gradient)
    return result
  }

  /// Threads per block, a multiple of the warp size.
  private var threads: Int { max(32, launcher.tuning.threads / 32 * 32) }

  /// Elements per vector access of a thread: 16 bytes if all addresses are aligned, else one element.
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
  /// Whether the elements are stored without gaps and overlaps, in any order of the axes.
  var isDense: Bool {
    var distance = 1
    for (size, stride) in zip(shape, strides).filter({ $0.0 != 1 }).sorted(by: { $0.1 < $1.1 }) {
      guard stride == distance else { return false }
      distance *= size
    }
    return true
  }

  /// Whether shape and strides equal those of another dense tensor; strides of axes of length 1 do not matter.
  func hasLayout(of other: Tensor) -> Bool {
    let axes = zip(shape, zip(strides, other.strides))
    return shape == other.shape && axes.allSatisfy { size, strides in size == 1 || strides.0 == strides.1 }
  }
}
