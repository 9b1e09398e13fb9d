/// Softmax losses on a GPU, in one kernel forward and one backward, which needs the logits and two numbers per row.
struct FusedSoftmaxLoss: Sendable {
  let form: SoftmaxLossForm
  private let launcher: any KernelLauncher

  init(_ form: SoftmaxLossForm, _ launcher: any KernelLauncher) {
    self.form = form
    self.launcher = launcher
  }

  /// The loss of each row; nil if the kernel does not accept the input.
  func callAsFunction(_ logits: Tensor, labels: Tensor) throws -> Tensor? {
    guard fits(logits, labels) else { return nil }
    return try DifferentiableFunction(
      "fused softmax loss", isTwiceDifferentiable: true, keeping: { try forward($0[0], labels) },
      backward: { try backward($0[0], $1) })([logits])[0]
  }

  private func fits(_ logits: Tensor, _ labels: Tensor) -> Bool {
    let shape = logits.shape
    guard shape.count == 2, logits.elementCount > 0, shape[1] <= Int(Int32.max) / 2, shape[0] <= Int(Int32.max),
      logits.dtype == .float32 || logits.dtype == .bfloat16, logits.isContiguous(),
      labels.dtype == .int64, labels.shape == [shape[0]], labels.isContiguous(), labels.device == logits.device
    else { return false }
    return [form.offset, form.margin, form.weights].compactMap { $0 }.allSatisfy {
      // The kernel has no gradients for these.
      $0.dtype == .float32 && $0.shape == [shape[1]] && $0.isContiguous() && $0.device == logits.device
        && !$0.requiresGradient
    }
  }

  private func forward(_ logits: Tensor, _ labels: Tensor) throws -> DifferentiableFunction.Results {
    let rows = try Tensor.empty([logits.shape[0]], on: logits.device)
    let saved = try Tensor.empty([2, logits.shape[0]], on: logits.device)
    try launch(
      "softmax_loss", logits, [.tensor(rows), .tensor(saved), .tensor(logits), .tensor(labels)])
    return DifferentiableFunction.Results([rows], saving: [logits, labels, saved], savesOutputs: false)
  }

  private func backward(_ incoming: Tensor?, _ saved: [Tensor]) throws -> [Tensor?] {
    guard let incoming else { return [nil] }
    let (logits, labels) = (saved[0], saved[1])
    if gradientsAreRecorded {
      let rows = try logits.plainSoftmaxLosses(labels, form: form)
      return try gradients(of: [rows], withRespectTo: [logits], weights: [incoming], createGraph: true)
    }
    let gradient = try incoming.to(.float32)
    let result = try Tensor.empty(logits.shape, dtype: logits.dtype, on: logits.device)
    try launch(
      "softmax_loss_gradient", logits,
      [
        // The gradient of a sum is one value expanded to all rows, with stride 0.
        .tensor(result), .tensor(gradient), .int32(gradient.strides[0]), .tensor(saved[2]), .tensor(logits),
        .tensor(labels),
      ])
    return [result]
  }

  private func launch(_ part: String, _ logits: Tensor, _ arguments: [KernelArgument]) throws {
    let (rows, classes) = (logits.shape[0], logits.shape[1])
    // One warp per row for few classes; a multiple of the warp size within the limit of the tuning.
    let wanted = classes <= 256 ? 32 : classes <= 2048 ? 128 : 256
    let threads = max(32, min(wanted, launcher.tuning.threads) / 32 * 32)
    try launcher.launch(
      part + "_\(logits.dtype)", of: .softmaxLoss, on: logits.device,
      shape: LaunchShape(grid: (rows, 1), block: (threads, 1)),
      arguments + [
        .tensor(form.offset), .tensor(form.margin), .tensor(form.weights), .float(form.scale),
        .float(form.labelSmoothing),
        .int32(classes),
      ])
  }
}
